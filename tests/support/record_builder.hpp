// SPDX-License-Identifier: Apache-2.0
/// Records as the kernel side would put them into the ring, for tests of what reads them.
#pragma once

#include <bindwatch/event_abi.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bindwatch::sample {

class RecordBuilder {
  public:
    /// A successful bind of 127.0.0.1:1683/tcp at 2 s after boot, without process facts.
    RecordBuilder() {
        record.time = 2'000'000'000;
        record.version = BW_ABI_VERSION;
        record.event = BW_EVENT_BIND;
        record.flags = BW_ADDRESS_KNOWN | BW_ASKED;
        record.claim = 77;
        record.socket.cookie = 77;
        record.socket.netns = 4026531840;
        record.socket.port = 1683;
        record.socket.requested_port = 1683;
        record.socket.protocol = IPPROTO_TCP;
        record.socket.family = AF_INET;
        record.socket.type = SOCK_STREAM;
        const in_addr loopback{htonl(INADDR_LOOPBACK)};
        std::memcpy(record.socket.address, &loopback, sizeof(loopback));
        record.holder.pid = 100;
        record.holder.since = record.time;
        record.holder.start_time = 1'000'000'000;
        set_comm(record.holder.comm, "holder");
    }

    RecordBuilder& with_process(std::string_view exe_leaf_first, std::string_view cgroup_leaf_first,
                                std::string_view args) {
        record.flags |= BW_HAS_PROCESS;
        process.pid = 100;
        process.tid = 101;
        process.ns_pid = 7;
        process.ppid = 1;
        process.uid = 33;
        process.gid = 34;
        process.pidns = 4026531836;
        process.start_time = 1'000'000'000;
        process.cgroup_id = 231;
        set_comm(process.comm, "server");
        exe_ = exe_leaf_first;
        cgroup_ = cgroup_leaf_first;
        args_ = args;
        return *this;
    }
    RecordBuilder& with_cgroup_v1(std::string_view paths) {
        cgroup_v1_ = paths;
        return *this;
    }
    RecordBuilder& with_ancestor(std::uint32_t pid, std::string_view comm) {
        bw_ancestor ancestor{};
        ancestor.pid = pid;
        set_comm(ancestor.comm, comm);
        ancestors_.push_back(ancestor);
        return *this;
    }

    /// With all lengths right.
    [[nodiscard]] std::vector<std::byte> bytes() {
        process.exe_bytes = static_cast<std::uint16_t>(exe_.size());
        process.cgroup_bytes = static_cast<std::uint16_t>(cgroup_.size());
        process.cgroup_v1_bytes = static_cast<std::uint16_t>(cgroup_v1_.size());
        process.args_bytes = static_cast<std::uint16_t>(args_.size());
        process.ancestors = static_cast<std::uint8_t>(ancestors_.size());
        std::vector<std::byte> out;
        append(out, &record, sizeof(record));
        if ((record.flags & BW_HAS_PROCESS) != 0) {
            append(out, &process, sizeof(process));
            append(out, ancestors_.data(), ancestors_.size() * sizeof(bw_ancestor));
            append(out, exe_.data(), exe_.size());
            append(out, cgroup_.data(), cgroup_.size());
            append(out, cgroup_v1_.data(), cgroup_v1_.size());
            append(out, args_.data(), args_.size());
        }
        const auto length = static_cast<std::uint32_t>(out.size());
        std::memcpy(out.data() + offsetof(bw_record, length), &length, sizeof(length));
        return out;
    }

    bw_record record{};
    bw_process process{};

  private:
    static void set_comm(std::uint8_t (&comm)[BW_COMM_LEN], // NOLINT(modernize-avoid-c-arrays)
                         std::string_view text) {
        std::memset(comm, 0, BW_COMM_LEN);
        std::memcpy(comm, text.data(), std::min<std::size_t>(text.size(), BW_COMM_LEN - 1));
    }
    static void append(std::vector<std::byte>& out, const void* from, std::size_t size) {
        const auto* const bytes = static_cast<const std::byte*>(from);
        out.insert(out.end(), bytes, bytes + size);
    }

    std::vector<bw_ancestor> ancestors_;
    std::string exe_;
    std::string cgroup_;
    std::string cgroup_v1_;
    std::string args_;
};

} // namespace bindwatch::sample
