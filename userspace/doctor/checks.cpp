// SPDX-License-Identifier: Apache-2.0
#include "doctor/checks.hpp"

#include "util/capabilities.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace bindwatch {
namespace {

/// Above it, Debian's kernels want CAP_SYS_ADMIN of whoever opens a perf event.
constexpr int strictest_for_users = 2;

Check kernel_of(const MachineFacts& facts) {
    Check check{.name = "kernel",
                .finding = fmt::format("Linux {} {}, {}", facts.release, facts.architecture,
                                       describe(facts.preemption))};
    if (preempts_programs(facts.preemption.preemption)) {
        check.verdict = Verdict::note;
        check.advice =
            "a preemptible kernel skips tracing programs now and then: plan cgroup comes before plan fentry";
    }
    return check;
}

Check btf_of(const MachineFacts& facts) {
    if (facts.has_btf) {
        return {.name = "BTF", .finding = "/sys/kernel/btf/vmlinux"};
    }
    return {.name = "BTF",
            .verdict = Verdict::wrong,
            .finding = "/sys/kernel/btf/vmlinux is missing",
            .advice = "a kernel built with CONFIG_DEBUG_INFO_BTF=y, or /sys of the host in a container"};
}

Check bpf_of(const MachineFacts& facts) {
    switch (facts.bpf_error) {
    case ENOSYS:
        return {.name = "bpf(2)",
                .verdict = Verdict::wrong,
                .finding = "the kernel does not have it",
                .advice = "a kernel built with CONFIG_BPF_SYSCALL=y"};
    case EPERM:
    case EACCES:
        if (facts.seccomp != 0U && facts.seccomp) {
            return {
                .name = "bpf(2)",
                .verdict = Verdict::wrong,
                .finding = "refused by a seccomp filter",
                .advice =
                    "a profile that allows bpf and perf_event_open, or --security-opt seccomp=unconfined"};
        }
        return {.name = "bpf(2)",
                .verdict = Verdict::wrong,
                .finding = "refused to this user (kernel.unprivileged_bpf_disabled)",
                .advice = "run it with sudo"};
    default: return {.name = "bpf(2)", .finding = "answers"};
    }
}

Check seccomp_of(const MachineFacts& facts) {
    Check check{.name = "seccomp"};
    if (!facts.seccomp) {
        check.verdict = Verdict::note;
        check.finding = "unknown: /proc/self/status does not say";
    } else if (*facts.seccomp == 0) {
        check.finding = "no filter";
    } else {
        check.verdict = Verdict::note;
        check.finding = "a filter is in force, as in a container";
    }
    return check;
}

Check capabilities_of(const MachineFacts& facts) {
    Check check{.name = "capabilities"};
    if (!facts.initial_user_namespace) {
        check.verdict = Verdict::wrong;
        check.finding = "this is a user namespace, whose capabilities do not count for the kernel itself";
        check.advice = "run it outside, with sudo; in a container, a rootful one";
    } else if (facts.missing.empty()) {
        check.finding = "all that are needed";
    } else {
        // Without the others one plan or another works.
        const auto needed = [](std::string_view name) {
            return name == cap_bpf.name || name == cap_perfmon.name;
        };
        check.verdict = std::ranges::any_of(facts.missing, needed) ? Verdict::wrong : Verdict::note;
        check.finding = fmt::format("uid {} is missing {}", facts.user, fmt::join(facts.missing, ", "));
        check.advice = "run it with sudo; in a container, --cap-add them";
    }
    return check;
}

Check lockdown_of(const MachineFacts& facts) {
    Check check{.name = "lockdown", .finding = facts.lockdown};
    if (facts.memory_is_locked || facts.lockdown == "confidentiality") {
        check.verdict = Verdict::wrong;
        check.finding = "confidentiality: no program may read the kernel's memory";
        check.advice = "boot with lockdown=integrity or less";
    } else if (facts.lockdown.empty() && facts.missing.empty() && facts.initial_user_namespace) {
        check.finding = "not confidentiality: the verifier lets programs read the kernel's memory";
    } else if (facts.lockdown.empty()) {
        check.verdict = Verdict::note;
        check.finding =
            "unknown: securityfs does not say, and without privileges the verifier does not either";
    }
    return check;
}

Check cgroup_of(const MachineFacts& facts) {
    if (!facts.cgroup2) {
        return {.name = "cgroup2",
                .verdict = Verdict::wrong,
                .finding = "not mounted, and plan cgroup attaches to it",
                .advice = "mount -t cgroup2 none /sys/fs/cgroup"};
    }
    if (!facts.whole_cgroup2) {
        return {.name = "cgroup2",
                .verdict = Verdict::wrong,
                .finding = facts.cgroup2->point + " shows only a part of it, as in a container",
                .advice = "-v /sys/fs/cgroup:/sys/fs/cgroup:ro --cgroupns host"};
    }
    return {.name = "cgroup2", .finding = facts.cgroup2->point};
}

Check tracefs_of(const MachineFacts& facts) {
    switch (facts.tracefs) {
    case Tracefs::readable: return {.name = "tracefs", .finding = "readable"};
    case Tracefs::closed:
        return {.name = "tracefs",
                .verdict = Verdict::note,
                .finding = "root's alone, and how calls end is seen through it",
                .advice = "CAP_DAC_READ_SEARCH; or --no-failed"};
    case Tracefs::absent: break;
    }
    if (facts.is_admin) {
        return {.name = "tracefs", .finding = "not mounted; bindwatch mounts one of its own"};
    }
    return {.name = "tracefs",
            .verdict = Verdict::note,
            .finding = "not mounted, and how calls end is seen through it",
            .advice = "mount -t tracefs tracefs /sys/kernel/tracing; or --no-failed"};
}

Check paranoid_of(const MachineFacts& facts) {
    Check check{.name = "perf events",
                .finding = facts.paranoid ? fmt::format("kernel.perf_event_paranoid={}", *facts.paranoid)
                                          : "kernel.perf_event_paranoid is not readable"};
    if (facts.paranoid.value_or(0) > strictest_for_users && !facts.is_admin) {
        check.verdict = Verdict::note;
        check.advice =
            fmt::format("sysctl kernel.perf_event_paranoid={}; or --no-failed", strictest_for_users);
    }
    return check;
}

Check memory_of(const MachineFacts& facts) {
    if (!facts.limited_locked_memory || facts.is_admin) {
        return {.name = "memory", .finding = "no limit that matters"};
    }
    return {.name = "memory",
            .verdict = Verdict::wrong,
            .finding = "before Linux 5.11 the kernel's side is locked memory, and that is limited",
            .advice = "ulimit -l unlimited"};
}

} // namespace

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::ok: return "ok";
    case Verdict::note: return "note";
    case Verdict::wrong: return "wrong";
    }
    return {};
}

std::vector<Check> judge(const MachineFacts& facts) {
    return {kernel_of(facts),       btf_of(facts),      bpf_of(facts),    seccomp_of(facts),
            capabilities_of(facts), lockdown_of(facts), cgroup_of(facts), tracefs_of(facts),
            paranoid_of(facts),     memory_of(facts)};
}

} // namespace bindwatch
