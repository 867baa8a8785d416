// SPDX-License-Identifier: Apache-2.0
#include "kernel/plans.hpp"

#include "kernel/loaded_plan.h"
#include "util/log.hpp"

#include <string>

namespace bindwatch {

std::string_view name_of(Plan plan) {
    switch (plan) {
    case Plan::automatic: return "auto";
    case Plan::fentry: return "fentry";
    case Plan::cgroup: return "cgroup";
    case Plan::syscall: return "syscall";
    }
    return {};
}

std::string_view unseen_by(Plan plan) {
    switch (plan) {
    case Plan::automatic:
    case Plan::fentry: return {};
    case Plan::cgroup:
        return "failures of 32-bit programs and of io_uring, what a bind that a security module refused had "
               "asked for, "
               "sctp_bindx, and the end of claims of vsock and of the kernel's own sockets";
    case Plan::syscall:
        return "io_uring, 32-bit programs, kernel sockets and sctp_bindx, nor the end of a claim that does "
               "not listen, "
               "nor the port that a failed bind asked for";
    }
    return {};
}

/// Where a kernel preempts programs, plan fentry misses what plan cgroup sees.
std::vector<Plan> plans_to_try(Plan asked, const PreemptionModel& model) {
    if (asked != Plan::automatic) {
        return {asked};
    }
    if (bw_probe_fentry() != 1) {
        return {Plan::cgroup, Plan::syscall};
    }
    const bool preempted = preempts_programs(model.preemption);
    log::debug("plan " + std::string(preempted ? "cgroup" : "fentry") + " is tried first: the kernel is " +
               describe(model));
    return preempted ? std::vector{Plan::cgroup, Plan::fentry, Plan::syscall}
                     : std::vector{Plan::fentry, Plan::cgroup, Plan::syscall};
}

} // namespace bindwatch
