// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernel/preemption.hpp"
#include "kernel/tracefs.hpp"
#include "util/cgroup_mount.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bindwatch {

/// What a machine, its kernel and this process's privileges are, as far as bindwatch depends on it. Nothing
/// is judged here.
struct MachineFacts {
    std::string release;      ///< uname -r
    std::string architecture; ///< uname -m
    std::string distribution; ///< PRETTY_NAME of os-release(5); empty: unknown
    PreemptionModel preemption;
    bool has_btf = false;
    int bpf_error = 0; ///< with which bpf(2) refuses a command that does not exist; EINVAL is well
    bool memory_is_locked = false;      ///< no program may read the kernel's memory
    std::string lockdown;               ///< its word in force; empty: not readable
    std::optional<unsigned> seccomp;    ///< of /proc/self/status: 0 none, 1 strict, 2 a filter
    std::optional<int> paranoid;        ///< kernel.perf_event_paranoid
    std::uint32_t user = 0;             ///< effective uid
    bool initial_user_namespace = true; ///< capabilities of another count for nothing here
    std::vector<std::string> missing;   ///< of the capabilities in docs/SUPPORT.md those that count here
    bool is_admin = false;              ///< CAP_SYS_ADMIN
    std::optional<CgroupMount> cgroup2; ///< null: not mounted
    bool whole_cgroup2 = false;         ///< the mount shows the whole machine's hierarchy
    Tracefs tracefs = Tracefs::absent;
    bool limited_locked_memory = false; ///< before Linux 5.11, with a ulimit -l
};

/// Of the running machine and this process. Changes nothing.
[[nodiscard]] MachineFacts read_machine_facts();

} // namespace bindwatch
