// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.hpp"

#include "cli/doctor_looks.hpp"
#include "kernel/machine.hpp"
#include "kernel/plans.hpp"
#include "kernel/session.hpp"
#include "util/log.hpp"

#include <algorithm>

namespace bindwatch {
namespace {

/// With a ring of the least size: it is about whether, not how well.
std::optional<Error> tried(Plan plan) {
    FollowConfig config;
    config.plan = plan;
    config.ring_bytes = 64U << 10U;
    auto session = Session::open(config, {});
    return session ? std::nullopt : std::optional(std::move(session.error()));
}

} // namespace

Diagnosis examine(const DoctorConfig& config, std::string_view version) {
    log::set_up(config.verbose);
    Diagnosis diagnosis{.version = std::string(version), .facts = read_machine_facts()};
    diagnosis.checks = judge(diagnosis.facts);
    std::vector<Plan> plans = plans_to_try(Plan::automatic, diagnosis.facts.preemption);
    for (const Plan plan : {Plan::fentry, Plan::cgroup, Plan::syscall}) {
        if (std::ranges::find(plans, plan) == plans.end()) {
            plans.push_back(plan); // auto does not even try it here, and its error says why
        }
    }
    for (const Plan plan : plans) {
        diagnosis.trials.push_back({name_of(plan), tried(plan), unseen_by(plan)});
    }
    const PlanTrial* const best = chosen(diagnosis);
    const auto taken = std::ranges::find_if(
        plans, [&](Plan plan) { return best != nullptr && name_of(plan) == best->plan; });
    diagnosis.looks = try_looks(taken == plans.end() ? std::nullopt : std::optional(*taken));
    return diagnosis;
}

} // namespace bindwatch
