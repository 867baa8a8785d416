// SPDX-License-Identifier: Apache-2.0
/// The stages between a snapshot and its reader: enrich -> classify -> policy -> filter.
#pragma once

#include "filter/filters.hpp"
#include "inventory/inventory.hpp"

#include <cstdint>
#include <span>

namespace bindwatch {

enum class Detail : std::uint8_t {
    place, ///< user, cgroup, container: one file of /proc a process; no alerts
    full,  ///< everything that an event says
    chain, ///< likewise, and how each sharer may have come by the socket
};

/// Completes the events, and says of each whether the filters want it. More than `detail` is read where one
/// asks for it.
void survey(std::span<FoundSocket> sockets, const Filters& filters, Detail detail);

/// The inode number of this process's network namespace; 0: unknown.
[[nodiscard]] std::uint32_t own_network_namespace();

} // namespace bindwatch
