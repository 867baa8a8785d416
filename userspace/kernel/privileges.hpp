// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "util/result.hpp"

namespace bindwatch {

/// Whether this process may load and attach `plan`. Status 3 otherwise; the message names every capability
/// that is missing. `failures`: failed calls are wanted too.
[[nodiscard]] Result<void> check_privileges(Plan plan, bool failures);

/// Likewise for the snapshot of what exists.
[[nodiscard]] Result<void> check_snapshot_privileges();

} // namespace bindwatch
