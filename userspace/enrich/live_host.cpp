// SPDX-License-Identifier: Apache-2.0
#include "enrich/enricher.hpp"
#include "util/clock.hpp"

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

namespace bindwatch {
namespace {

/// proc_pid_stat(5): field 22, in clock ticks after boot; counted from the last ')', since comm may hold
/// anything.
std::optional<std::int64_t> start_ticks(const std::string& directory) {
    std::ifstream file(directory + "/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::size_t at = text.rfind(')');
    if (at == std::string::npos) {
        return std::nullopt;
    }
    constexpr int fields_to_skip = 20;
    for (int field = 0; field < fields_to_skip && at != std::string::npos; ++field) {
        at = text.find(' ', at + 1);
    }
    std::int64_t ticks = 0;
    if (at == std::string::npos ||
        std::from_chars(text.data() + at + 1, text.data() + text.size(), ticks).ec != std::errc{}) {
        return std::nullopt;
    }
    return ticks;
}

bool started_at(const std::string& directory, std::int64_t start_time_ns) {
    const auto ticks = start_ticks(directory);
    if (!ticks) {
        return false;
    }
    const std::int64_t tick_ns = 1'000'000'000 / sysconf(_SC_CLK_TCK);
    const std::int64_t boot_ns = start_time_ns - boot_to_real_ns();
    return std::abs(*ticks * tick_ns - boot_ns) <= 2 * tick_ns;
}

} // namespace

std::optional<std::string> LiveHost::user_name(std::uint32_t uid) {
    return look_up_user(uid);
}

std::optional<std::vector<std::string>> LiveHost::args_of(std::uint32_t pid, std::int64_t start_time_ns) {
    const std::string directory = "/proc/" + std::to_string(pid);
    if (!started_at(directory, start_time_ns)) {
        return std::nullopt;
    }
    std::ifstream file(directory + "/cmdline", std::ios::binary);
    std::vector<std::string> args;
    for (std::string arg; std::getline(file, arg, '\0');) {
        args.push_back(arg);
    }
    // The pid may have gone to another process while we read.
    if (args.empty() || !started_at(directory, start_time_ns)) {
        return std::nullopt;
    }
    return args;
}

} // namespace bindwatch
