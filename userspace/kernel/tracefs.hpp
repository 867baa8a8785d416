// SPDX-License-Identifier: Apache-2.0
/// The kernel's own list of its tracepoints, which only root's files have.
#pragma once

#include "util/result.hpp"

#include <cstdint>
#include <string_view>

namespace bindwatch {

enum class Tracefs : std::uint8_t {
    readable,
    closed, ///< mounted, and not for this process to look into
    absent, ///< not mounted; whoever has CAP_SYS_ADMIN mounts one of its own
};

[[nodiscard]] Tracefs tracefs_state();

/// The number by which perf_event_open(2) knows events/syscalls/`tracepoint`. Status 3: a capability is
/// missing; 4: the kernel has none.
[[nodiscard]] Result<std::uint64_t> tracepoint_id(std::string_view tracepoint);

} // namespace bindwatch
