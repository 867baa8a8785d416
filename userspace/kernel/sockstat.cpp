// SPDX-License-Identifier: Apache-2.0
#include "kernel/sockstat.hpp"

#include "util/decimal.hpp"
#include "util/unique_fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace bindwatch {
namespace {

/// Of a line such as "TCP: inuse 5 orphan 0 tw 2 alloc 7 mem 1" the number behind `name`.
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

/// Empty: there is no such file. Null: it cannot be read.
std::optional<std::string> contents(const std::string& path) {
    constexpr std::size_t far_more_than_it_has = 4096;
    const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return errno == ENOENT ? std::optional(std::string()) : std::nullopt;
    }
    std::array<char, far_more_than_it_has> bytes{};
    const ssize_t length = ::read(file.get(), bytes.data(), bytes.size());
    return length < 0 ? std::nullopt
                      : std::optional(std::string(bytes.data(), static_cast<std::size_t>(length)));
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

std::optional<TcpCounts> tcp_counts(const std::string& directory) {
    const auto ipv4 = contents(directory + "/sockstat");
    const auto ipv6 = contents(directory + "/sockstat6");
    return ipv4 && ipv6 ? tcp_counts_of(*ipv4, *ipv6) : std::nullopt;
}

} // namespace bindwatch
