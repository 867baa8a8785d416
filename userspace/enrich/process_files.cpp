// SPDX-License-Identifier: Apache-2.0
#include "enrich/process_files.hpp"

#include "util/unique_fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <ranges>
#include <utility>

namespace bindwatch {
namespace {

/// More than any of the files but cmdline has.
constexpr std::size_t read_bytes = 4096;

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{}
               ? std::optional(number)
               : std::nullopt;
}

/// The nth (from 0) of words that single characters of `between` part.
std::string_view word_at(std::string_view text, std::size_t n, std::string_view between) {
    for (; n > 0; --n) {
        const std::size_t cut = text.find_first_of(between);
        if (cut == std::string_view::npos) {
            return {};
        }
        text.remove_prefix(cut + 1);
    }
    return text.substr(0, text.find_first_of(between));
}

/// What stands behind "Name:\t" at the beginning of a line.
std::string_view field(std::string_view text, std::string_view name) {
    for (const auto line : std::views::split(text, '\n')) {
        const std::string_view whole(line.begin(), line.end());
        if (whole.starts_with(name) && whole.substr(name.size()).starts_with(":\t")) {
            return whole.substr(name.size() + 2);
        }
    }
    return {};
}

std::int64_t tick_ns() {
    static const std::int64_t ns = 1'000'000'000 / sysconf(_SC_CLK_TCK);
    return ns;
}

} // namespace

ProcessFiles::ProcessFiles(std::string_view proc, std::uint32_t pid)
    : directory_(std::string(proc) + '/' + std::to_string(pid) + '/') {}

std::optional<std::string> ProcessFiles::read(std::string_view name) const {
    const UniqueFd file(open((directory_ + std::string(name)).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return std::nullopt;
    }
    std::string text;
    for (;;) {
        const std::size_t used = text.size();
        text.resize(used + read_bytes);
        const ssize_t bytes = ::read(file.get(), text.data() + used, read_bytes);
        text.resize(used + static_cast<std::size_t>(bytes > 0 ? bytes : 0));
        if (bytes < 0 && errno != EINTR) {
            return std::nullopt; // ESRCH: it has gone
        }
        if (bytes == 0) {
            return text;
        }
    }
}

std::optional<std::string> ProcessFiles::link(std::string_view name) const {
    std::string target(read_bytes, '\0');
    const ssize_t bytes = readlink((directory_ + std::string(name)).c_str(), target.data(), target.size());
    if (bytes < 0) {
        return std::nullopt;
    }
    target.resize(static_cast<std::size_t>(bytes));
    return target;
}

/// Counted from the last ')', since comm may hold anything: state is field 3, ppid 4, starttime 22.
std::optional<ProcessStat> ProcessFiles::stat() const {
    const auto text = read("stat");
    if (!text) {
        return std::nullopt;
    }
    const std::size_t begin = text->find('(');
    const std::size_t end = text->rfind(')');
    if (begin == std::string::npos || end == std::string::npos || end < begin) {
        return std::nullopt;
    }
    const std::string_view rest = std::string_view(*text).substr(end + 1);
    const auto ppid = number_of<std::uint32_t>(word_at(rest, 2, " "));
    const auto ticks = number_of<std::int64_t>(word_at(rest, 20, " "));
    if (!ppid || !ticks) {
        return std::nullopt;
    }
    return ProcessStat{
        .comm = text->substr(begin + 1, end - begin - 1), .ppid = *ppid, .start_ns = *ticks * tick_ns()};
}

std::optional<ProcessStatus> ProcessFiles::status() const {
    const auto text = read("status");
    if (!text) {
        return std::nullopt;
    }
    // Real, effective, saved, file system. Of pids the last is that in its own namespace.
    const auto uid = number_of<std::uint32_t>(word_at(field(*text, "Uid"), 1, "\t"));
    const auto gid = number_of<std::uint32_t>(word_at(field(*text, "Gid"), 1, "\t"));
    const std::string_view pids = field(*text, "NSpid");
    const auto ns_pid = number_of<std::uint32_t>(pids.substr(pids.rfind('\t') + 1));
    if (!uid || !gid || !ns_pid) {
        return std::nullopt;
    }
    return ProcessStatus{.uid = *uid, .gid = *gid, .ns_pid = *ns_pid};
}

/// "0::/path" is v2; "4:memory:/path" and "1:name=systemd:/path" are v1.
std::optional<ProcessCgroups> ProcessFiles::cgroups() const {
    const auto text = read("cgroup");
    if (!text) {
        return std::nullopt;
    }
    ProcessCgroups cgroups;
    for (const auto line : std::views::split(*text, '\n')) {
        const std::string_view whole(line.begin(), line.end());
        const std::size_t path = whole.find(":/");
        if (path == std::string_view::npos) {
            continue;
        }
        if (whole.starts_with("0::")) {
            cgroups.path = whole.substr(3);
        } else {
            cgroups.v1.emplace_back(whole.substr(path + 1));
        }
    }
    return cgroups;
}

std::optional<std::vector<std::string>> ProcessFiles::args() const {
    auto text = read("cmdline");
    if (!text || text->empty()) {
        return std::nullopt;
    }
    if (text->ends_with('\0')) {
        text->pop_back();
    }
    std::vector<std::string> args;
    for (const auto arg : std::views::split(*text, '\0')) {
        args.emplace_back(arg.begin(), arg.end());
    }
    return args;
}

std::optional<Activation> ProcessFiles::activation() const {
    const auto text = read("environ");
    if (!text) {
        return std::nullopt;
    }
    Activation activation;
    const std::array numbers{std::pair(std::string_view("LISTEN_PID="), &activation.pid),
                             std::pair(std::string_view("LISTEN_FDS="), &activation.count)};
    for (const auto entry : std::views::split(*text, '\0')) {
        const std::string_view variable(entry.begin(), entry.end());
        for (const auto& [name, number] : numbers) {
            if (variable.starts_with(name)) {
                *number = number_of<std::uint32_t>(variable.substr(name.size())).value_or(0);
            }
        }
    }
    return activation;
}

std::optional<std::string> ProcessFiles::exe() const {
    constexpr std::string_view deleted = " (deleted)";
    auto path = link("exe");
    if (path && path->ends_with(deleted)) {
        path->resize(path->size() - deleted.size());
    }
    return path;
}

/// "pid:[4026531836]"
std::optional<std::uint32_t> ProcessFiles::namespace_of(std::string_view kind) const {
    const auto target = link("ns/" + std::string(kind));
    return target ? number_of<std::uint32_t>(word_at(*target, 1, "[")) : std::nullopt;
}

bool ProcessFiles::same_start(std::int64_t of_stat_ns, std::int64_t start_ns) {
    return std::abs(of_stat_ns - start_ns) <= 2 * tick_ns();
}

bool ProcessFiles::started_at(std::int64_t start_ns) const {
    const auto now = stat();
    return now && same_start(now->start_ns, start_ns);
}

} // namespace bindwatch
