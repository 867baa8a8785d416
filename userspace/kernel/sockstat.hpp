// SPDX-License-Identifier: Apache-2.0
/// How many TCP sockets a network namespace has: what /proc/net/sockstat and sockstat6 say (proc(5)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bindwatch {

struct TcpCounts {
    /// Listening or with a connection in any state but TIME_WAIT; not those that are only bound.
    std::uint64_t hashed = 0;
    std::uint64_t time_wait = 0;

    friend bool operator==(const TcpCounts&, const TcpCounts&) = default;
};

/// Of the calling thread's network namespace. Null: not all of it can be read, so that nothing follows from
/// it. `directory`: where the files are.
[[nodiscard]] std::optional<TcpCounts> tcp_counts(const std::string& directory = "/proc/thread-self/net");

/// The same, of the text of both files. `sockstat6` is empty where there is no IPv6.
[[nodiscard]] std::optional<TcpCounts> tcp_counts_of(std::string_view sockstat, std::string_view sockstat6);

} // namespace bindwatch
