// SPDX-License-Identifier: Apache-2.0
#include "kernel/privileges.hpp"

#include "kernel/tracefs.hpp"
#include "util/capabilities.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace bindwatch {
namespace {

/// What every program of ours needs. CAP_SYS_ADMIN has been all of BPF before Linux 5.8, and still is.
std::vector<Capability> missing_for_bpf(const Capabilities& have) {
    std::vector<Capability> missing;
    for (const Capability capability : {cap_bpf, cap_perfmon}) {
        if (!have.has(capability) && !have.has(cap_sys_admin)) {
            missing.push_back(capability);
        }
    }
    return missing;
}

std::vector<Capability> missing_for(Plan plan, bool failures, const Capabilities& have) {
    std::vector<Capability> missing = missing_for_bpf(have);
    // The verifier asks for it where a program hangs on sockets: in plan cgroup.
    if (plan == Plan::cgroup && !have.has(cap_net_admin)) {
        missing.push_back(cap_net_admin);
    }
    // Not by the capability alone: root's own files, or a tracefs mounted for a group, need none.
    const bool tracepoints = plan == Plan::syscall || (plan == Plan::cgroup && failures);
    if (tracepoints && !have.has(cap_dac_read_search) && tracefs_state() == Tracefs::closed) {
        missing.push_back(cap_dac_read_search);
    }
    return missing;
}

Result<void> refuse_without(const std::vector<Capability>& missing, std::string_view way_out) {
    if (missing.empty()) {
        if (!in_initial_user_namespace()) {
            return fail(
                ExitCode::privilege,
                "not enough privilege: this is a user namespace, whose CAP_BPF does not count for the kernel "
                "itself; run it outside, with sudo");
        }
        return {};
    }
    std::string names;
    for (const Capability& capability : missing) {
        names += (names.empty() ? "" : ", ") + std::string(capability.name);
    }
    return fail(ExitCode::privilege,
                "not enough privilege: " + names + " missing; run it with sudo" + std::string(way_out));
}

} // namespace

Result<void> check_privileges(Plan plan, bool failures) {
    const auto missing = missing_for(plan, failures, Capabilities::effective());
    const bool only_failures = missing.size() == 1 && missing.front().number == cap_dac_read_search.number;
    return refuse_without(missing, only_failures && plan == Plan::cgroup ? ", or with --no-failed" : "");
}

Result<void> check_snapshot_privileges() {
    return refuse_without(missing_for_bpf(Capabilities::effective()), "");
}

} // namespace bindwatch
