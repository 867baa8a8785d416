// SPDX-License-Identifier: Apache-2.0
/// Rows as the kernel side's snapshot would write them.
#pragma once

#include <bindwatch/snapshot_abi.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace bindwatch::sample {

/// TCP_ESTABLISHED, TCP_TIME_WAIT, TCP_CLOSE, TCP_LISTEN of include/net/tcp_states.h.
enum TcpState : std::uint8_t { tcp_established = 1, tcp_time_wait = 6, tcp_close = 7, tcp_listen = 10 };

class RowBuilder {
  public:
    /// A TCP socket on 127.0.0.1. Returns its row, to be changed before the next call.
    bw_socket_row& socket(std::uint64_t claim, std::uint32_t port, TcpState state) {
        bw_socket_row row{};
        row.head = {sizeof(row), BW_ROW_SOCKET};
        row.claim = claim;
        row.state = state;
        row.flags = BW_ROW_ASKED | BW_ROW_HAS_FILE;
        row.socket.cookie = claim;
        row.socket.netns = 4026531840;
        row.socket.port = port;
        row.socket.protocol = IPPROTO_TCP;
        row.socket.family = AF_INET;
        row.socket.type = SOCK_STREAM;
        const in_addr loopback{htonl(INADDR_LOOPBACK)};
        std::memcpy(row.socket.address, &loopback, sizeof(loopback));
        return append(row);
    }

    bw_hold_row& hold(std::uint64_t claim, std::uint32_t pid, std::uint32_t fd,
                      std::string_view comm = "server") {
        bw_hold_row row{};
        row.head = {sizeof(row), BW_ROW_HOLD};
        row.claim = claim;
        row.pid = pid;
        row.fd = fd;
        row.start_time = 1'000'000'000ULL * pid;
        std::memcpy(row.comm, comm.data(), std::min<std::size_t>(comm.size(), BW_COMM_LEN - 1));
        return append(row);
    }

    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

  private:
    template <typename Row>
    Row& append(const Row& row) {
        bytes_.resize(bytes_.size() + sizeof(Row));
        auto* const at = bytes_.data() + bytes_.size() - sizeof(Row);
        std::memcpy(at, &row, sizeof(Row));
        return *reinterpret_cast<Row*>(at);
    }

    std::vector<std::byte> bytes_;
};

} // namespace bindwatch::sample
