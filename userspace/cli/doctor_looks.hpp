// SPDX-License-Identifier: Apache-2.0
/// The looks at what exists, each tried for real. Needs no plan but for --snapshot.
#pragma once

#include "config/config.hpp"
#include "doctor/report.hpp"

#include <optional>
#include <vector>

namespace bindwatch {

/// `plan`: the one that --plan auto takes here; null: none works. Attaches it for a moment.
[[nodiscard]] std::vector<LookTrial> try_looks(std::optional<Plan> plan);

} // namespace bindwatch
