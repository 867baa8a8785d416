// SPDX-License-Identifier: Apache-2.0
#include "kernel/sockstat.hpp"

#include "util/decimal.hpp"
#include "util/unique_fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>

namespace bindwatch {
namespace {

/// The number behind ` name ` in the line that begins with `line`: "TCP: inuse 5 orphan 0 tw 2 alloc 7 mem
/// 1".
std::optional<std::uint64_t> number(std::string_view text, std::string_view line, std::string_view name) {
    while (!text.empty()) {
        const std::string_view whole = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), whole.size() + 1));
        const std::size_t at = whole.starts_with(line) ? whole.find(name) : std::string_view::npos;
        if (at == std::string_view::npos) {
            continue;
        }
        const std::string_view rest = whole.substr(at + name.size());
        return parse_digits<std::uint64_t>(rest.substr(0, rest.find(' ')));
    }
    return std::nullopt;
}

/// Far more than the files have. Empty: it cannot be read.
using Buffer = std::array<char, 4096>;
std::string_view contents(const char* path, Buffer& buffer) {
    const UniqueFd file(open(path, O_RDONLY | O_CLOEXEC));
    const ssize_t bytes = file ? ::read(file.get(), buffer.data(), buffer.size()) : 0;
    return {buffer.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0};
}

} // namespace

std::optional<TcpCounts> tcp_counts_of(std::string_view sockstat, std::string_view sockstat6) {
    const auto ipv4 = number(sockstat, "TCP:", " inuse ");
    const auto time_wait = number(sockstat, "TCP:", " tw ");
    const auto ipv6 = sockstat6.empty() ? 0 : number(sockstat6, "TCP6:", " inuse ");
    if (!ipv4 || !time_wait || !ipv6) {
        return std::nullopt;
    }
    return TcpCounts{.hashed = *ipv4 + *ipv6, .time_wait = *time_wait};
}

std::optional<TcpCounts> tcp_counts() {
    Buffer ipv4{};
    Buffer ipv6{};
    return tcp_counts_of(contents("/proc/thread-self/net/sockstat", ipv4),
                         contents("/proc/thread-self/net/sockstat6", ipv6));
}

} // namespace bindwatch
