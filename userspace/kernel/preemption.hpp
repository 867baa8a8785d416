// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace bindwatch {

/// Whether the kernel may take the CPU from a task in the middle of a system call. On one that may (`lazy`
/// and `full`), a tracing program can be preempted, and the kernel then skips it for the next task on that
/// CPU: docs/adr/0006-preemptible-kernels.md.
enum class Preemption : std::uint8_t { none, voluntary, lazy, full, unknown };

/// What the kernel says of itself; empty where it cannot be read.
struct PreemptionFacts {
    std::string debugfs;      ///< /sys/kernel/debug/sched/preempt: the models, the one in force in brackets
    std::string version;      ///< uname -v
    std::string command_line; ///< /proc/cmdline
    std::string build;        ///< the configuration that the kernel was built with
};

struct PreemptionModel {
    Preemption preemption = Preemption::unknown;
    std::string source; ///< what says so, for people
};

[[nodiscard]] PreemptionModel preemption_model(const PreemptionFacts& facts);
/// Of the running kernel.
[[nodiscard]] PreemptionFacts read_preemption_facts();
/// Unknown counts as true: then a plan is wanted that is right on both.
[[nodiscard]] bool preempts_programs(Preemption preemption);
/// "lazily preemptible (/proc/cmdline)".
[[nodiscard]] std::string describe(const PreemptionModel& model);

} // namespace bindwatch
