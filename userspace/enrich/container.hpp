// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bindwatch/event.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bindwatch {

/// The container that a process is in, from its path in cgroup v2 (empty: none) and its paths in v1: where
/// that is in use as well, the runtime may have named the container there alone. Null: in none. Pure.
[[nodiscard]] std::optional<Container> find_container(std::string_view cgroup,
                                                      std::span<const std::string> cgroup_v1);

} // namespace bindwatch
