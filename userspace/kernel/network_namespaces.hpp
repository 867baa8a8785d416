// SPDX-License-Identifier: Apache-2.0
/// The network namespaces of this machine, from inside.
#pragma once

#include "util/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace bindwatch {

struct VisitReport {
    bool all = true;              ///< false: for want of a capability some were not found or not entered
    std::optional<Error> error{}; ///< of the visitor, or of the way home
};

/// Calls `visitor` (with the inode number) in our own network namespace, then in each other one that a
/// process is in or that has a name in /run/netns, as the calling thread, which is at home again afterwards.
/// An error of the visitor ends the tour. One that neither a process nor a name keeps cannot be found.
[[nodiscard]] VisitReport visit_network_namespaces(const std::function<Result<void>(std::uint32_t)>& visitor);

} // namespace bindwatch
