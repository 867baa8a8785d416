// SPDX-License-Identifier: Apache-2.0
/// One process as /proc shows it (proc(5)).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bindwatch {

struct ProcessStat {
    std::string comm;
    std::uint32_t ppid = 0;
    std::int64_t start_ns = 0; ///< CLOCK_BOOTTIME, in whole clock ticks

    friend bool operator==(const ProcessStat&, const ProcessStat&) = default;
};

struct ProcessStatus {
    std::uint32_t uid = 0; ///< effective
    std::uint32_t gid = 0; ///< effective
    std::uint32_t ns_pid = 0;

    friend bool operator==(const ProcessStatus&, const ProcessStatus&) = default;
};

struct ProcessCgroups {
    std::optional<std::string> path; ///< in v2
    std::vector<std::string> v1;

    friend bool operator==(const ProcessCgroups&, const ProcessCgroups&) = default;
};

/// Descriptors that a process was started with, as its environment says: sd_listen_fds(3).
struct Activation {
    std::uint32_t pid = 0;   ///< for which they are meant, in its own pid namespace; 0: there are none
    std::uint32_t count = 0; ///< from descriptor 3 on

    friend bool operator==(const Activation&, const Activation&) = default;
};

/// Everything is null once the process has gone, or where /proc hides it.
class ProcessFiles {
  public:
    /// `proc` stands for /proc.
    ProcessFiles(std::string_view proc, std::uint32_t pid);

    [[nodiscard]] std::optional<ProcessStat> stat() const;
    [[nodiscard]] std::optional<ProcessStatus> status() const;
    [[nodiscard]] std::optional<ProcessCgroups> cgroups() const;
    /// Never empty.
    [[nodiscard]] std::optional<std::vector<std::string>> args() const;
    /// Of the environment as it was at the start of the program; what it says is anybody's.
    [[nodiscard]] std::optional<Activation> activation() const;
    /// Without what the kernel appends when the file is deleted.
    [[nodiscard]] std::optional<std::string> exe() const;
    /// The inode number of a namespace: "pid", "net".
    [[nodiscard]] std::optional<std::uint32_t> namespace_of(std::string_view kind) const;

    /// Whether this is the process that started at this moment (CLOCK_BOOTTIME, ns): the pid may be another's
    /// by now.
    [[nodiscard]] bool started_at(std::int64_t start_ns) const;
    /// Whether a ProcessStat::start_ns, which is in whole ticks, can be the other moment.
    [[nodiscard]] static bool same_start(std::int64_t of_stat_ns, std::int64_t start_ns);

  private:
    [[nodiscard]] std::optional<std::string> read(std::string_view name) const;
    [[nodiscard]] std::optional<std::string> link(std::string_view name) const;

    std::string directory_;
};

} // namespace bindwatch
