// SPDX-License-Identifier: Apache-2.0
/// The probe plans as a choice: docs/SUPPORT.md says what each hangs on.
#pragma once

#include "config/config.hpp"
#include "kernel/preemption.hpp"

#include <string_view>
#include <vector>

namespace bindwatch {

/// "auto", "fentry", "cgroup", "syscall"
[[nodiscard]] std::string_view name_of(Plan plan);

/// What the plan does not see, as the end of a sentence; empty: nothing.
[[nodiscard]] std::string_view unseen_by(Plan plan);

/// In the order to try them; of one that is asked for by name, that one. Asks the kernel whether it has
/// trampolines.
[[nodiscard]] std::vector<Plan> plans_to_try(Plan asked, const PreemptionModel& model);

} // namespace bindwatch
