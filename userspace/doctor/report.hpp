// SPDX-License-Identifier: Apache-2.0
/// `bindwatch doctor`: what this kernel and these privileges allow, and what to change.
#pragma once

#include "doctor/checks.hpp"
#include "util/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bindwatch {

/// One plan, loaded and attached for real, and taken away again.
struct PlanTrial {
    std::string_view plan;      ///< "fentry", "cgroup", "syscall"
    std::optional<Error> error; ///< null: it works
    std::string_view unseen;    ///< what it does not see even so
};

/// One way to look at what exists already, done for real.
struct LookTrial {
    std::string_view name;      ///< "list", "namespaces", "snapshot", "holders"
    std::string_view of;        ///< what a person calls it, in at most 12 characters
    std::optional<Error> error; ///< null: it works
    bool vital = false;         ///< without it a command does not work at all
};

struct Diagnosis {
    std::string version; ///< of bindwatch
    MachineFacts facts;
    std::vector<Check> checks;
    std::vector<PlanTrial> trials; ///< in the order in which --plan auto tries them
    std::vector<LookTrial> looks;
};

/// The trial of the plan that --plan auto takes; null: none works.
[[nodiscard]] const PlanTrial* chosen(const Diagnosis& diagnosis);

/// 0, or what `bindwatch` would end with here.
[[nodiscard]] ExitCode exit_code(const Diagnosis& diagnosis);

/// One sentence that says all that a bug report needs.
[[nodiscard]] std::string bug_report(const Diagnosis& diagnosis);

/// One line a check, and below it what to change. With `color`, ANSI colour codes and nothing else.
[[nodiscard]] std::string doctor_text(const Diagnosis& diagnosis, bool color);

/// One JSON object and line, schema "bindwatch-doctor/1": docs/DOCTOR.md.
[[nodiscard]] std::string doctor_json(const Diagnosis& diagnosis);

} // namespace bindwatch
