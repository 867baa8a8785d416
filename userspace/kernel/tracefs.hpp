// SPDX-License-Identifier: Apache-2.0
/// The kernel's own list of its tracepoints, which only root's files have.
#pragma once

#include "util/result.hpp"

#include <cstdint>
#include <string_view>

namespace bindwatch {

/// True where tracefs is mounted and this process may not look into it.
[[nodiscard]] bool tracefs_is_closed();

/// The number by which perf_event_open(2) knows events/syscalls/`tracepoint`. Status 3: a capability is
/// missing; 4: the kernel has none.
[[nodiscard]] Result<std::uint64_t> tracepoint_id(std::string_view tracepoint);

} // namespace bindwatch
