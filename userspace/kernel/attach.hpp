// SPDX-License-Identifier: Apache-2.0
/// Hangs loaded programs onto their hooks. Every attachment is a link of its own: closing it takes our
/// program away and nobody else's.
#pragma once

#include "util/result.hpp"
#include "util/unique_fd.hpp"

#include <linux/bpf.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace bindwatch {

struct Hook {
    std::string_view program; ///< its name in bpf/
    enum class Kind : std::uint8_t { cgroup, tracing, syscall_exit } kind;
    bpf_attach_type type{};        ///< of a cgroup hook
    std::string_view tracepoint{}; ///< of a system call
    std::string_view module{};     ///< the folder of the kernel module without which it is of no use
};

/// Every hook of every plan, in the order to attach them: what ends claims before what begins them.
[[nodiscard]] std::span<const Hook> all_hooks();

/// True for a hook that only failed calls need: system call tracepoints, which slow every system call a
/// little.
[[nodiscard]] bool only_for_failures(const Hook& hook);

/// False for a hook that only costs on this machine, because its module is not loaded.
[[nodiscard]] bool wanted_here(const Hook& hook);

/// `cgroup_fd` is the cgroup2 root, for hooks that are attached there.
[[nodiscard]] Result<UniqueFd> attach(const Hook& hook, int program_fd, int cgroup_fd);

/// The root of the cgroup2 hierarchy, found by file system type. Fails with status 4 where there is none.
[[nodiscard]] Result<UniqueFd> open_cgroup_root();

} // namespace bindwatch
