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
    /// Without what the kernel appends when the file is deleted.
    [[nodiscard]] std::optional<std::string> exe() const;
    /// The inode number of a namespace: "pid", "net".
    [[nodiscard]] std::optional<std::uint32_t> namespace_of(std::string_view kind) const;

    /// Whether this is the process that started at this moment (CLOCK_BOOTTIME, ns): the pid may be another's
    /// by now.
    [[nodiscard]] bool started_at(std::int64_t start_ns) const;

  private:
    [[nodiscard]] std::optional<std::string> read(std::string_view name) const;
    [[nodiscard]] std::optional<std::string> link(std::string_view name) const;

    std::string directory_;
};

} // namespace bindwatch
