// SPDX-License-Identifier: Apache-2.0
/// The TCP and UDP sockets of a network namespace, as the kernel lists them itself (sock_diag(7)). It knows
/// less of each than an iterator does, but needs no program, and lists those too to which no descriptor
/// leads.
#pragma once

#include "util/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <vector>

namespace bindwatch {

struct ListedSocket {
    std::uint64_t cookie = 0; ///< SO_COOKIE: whoever is listed has one from then on
    std::uint32_t inode = 0; ///< 0: no program can have it (TIME_WAIT, not accepted yet, left by its program)
    std::uint16_t protocol = 0; ///< IPPROTO_TCP (a sub-flow of MPTCP too), IPPROTO_UDP
    std::uint16_t port = 0;     ///< local, host byte order
    std::uint8_t family = 0;    ///< AF_INET, AF_INET6

    friend bool operator==(const ListedSocket&, const ListedSocket&) = default;
};

struct ListRequest {
    std::uint16_t port = 0; ///< only with this local port; 0: with any
    /// Connections and the ports that the kernel chose for them, as well as claims.
    bool connections = false;
};

/// The sockets of the calling thread's network namespace. An errno: this kernel does not list them.
[[nodiscard]] std::expected<std::vector<ListedSocket>, int> list_sockets(const ListRequest& request);

/// Adds the sockets of one batch of netlink messages, as recv(2) gave it. True: the list is complete. An
/// errno: what the kernel answered instead, or EBADMSG for bytes that are no such messages.
[[nodiscard]] std::expected<bool, int> add_listed(std::span<const std::byte> messages, std::uint16_t protocol,
                                                  std::vector<ListedSocket>& sockets);

} // namespace bindwatch
