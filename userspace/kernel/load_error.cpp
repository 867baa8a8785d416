// SPDX-License-Identifier: Apache-2.0
#include "kernel/load_error.hpp"

#include "kernel/loaded_plan.h"
#include "kernel/refusals.hpp"

#include <cerrno>
#include <cstring>
#include <string>

namespace bindwatch {
namespace {

std::string reason(int error) {
    return strerror(error);
} // NOLINT(concurrency-mt-unsafe): before any thread

} // namespace

Error load_error(std::string_view plan, int error) {
    const int refusal = bpf_call_error();
    if (refusal == ENOSYS) {
        return {ExitCode::kernel, "this kernel has no bpf(2): it must be built with CONFIG_BPF_SYSCALL=y"};
    }
    if (refusal == EPERM || refusal == EACCES) {
        return {ExitCode::privilege, "bpf(2) is blocked although the capabilities are there: a seccomp "
                                     "profile (of a container?) refuses it; "
                                     "allow bpf in the profile"};
    }
    if (!has_btf()) {
        return {ExitCode::kernel,
                "this kernel has no BTF (/sys/kernel/btf/vmlinux is missing): it must be built with "
                "CONFIG_DEBUG_INFO_BTF=y"};
    }
    if (kernel_memory_is_locked()) {
        return {ExitCode::kernel,
                "lockdown=confidentiality forbids reading the kernel's memory, which is what "
                "bindwatch does: boot with lockdown=integrity or less"};
    }
    if (error == EPERM && locked_memory_is_limited()) {
        return {ExitCode::privilege, "not enough privilege: CAP_SYS_RESOURCE missing; before Linux 5.11 the "
                                     "kernel's side is locked memory: raise ulimit -l, or run it with sudo"};
    }
    if (error == ENOMEM) {
        return {ExitCode::failure, "not enough memory for the kernel's side: a smaller --ring-size helps"};
    }
    if (plan == "fentry" && bw_probe_fentry() != 1) {
        return {ExitCode::kernel,
                "plan fentry needs BPF trampolines, which this kernel does not have (x86_64: "
                "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS; arm64: Linux 6.4); --plan cgroup may load"};
    }
    if (plan == "holders" && error == E2BIG) {
        // bpf_attr is smaller before light skeletons (5.14); the programs use bpf_loop besides.
        return {ExitCode::kernel, "the look for holders needs Linux 5.17 (bpf_loop)"};
    }
    const std::string_view what = plan == "snapshot" ? "the " : plan == "holders" ? "the look for " : "plan ";
    std::string message =
        std::string(what) + std::string(plan) + " does not load on this kernel: " + reason(error);
    message += plan == "fentry" ? "; --plan cgroup may" : "; --verbose shows the verifier's words";
    return {ExitCode::kernel, std::move(message)};
}

Error attach_error(std::string_view hook, int error) {
    const std::string name(hook);
    if (error == EPERM && hook.starts_with("bw_")) {
        return {ExitCode::kernel,
                "the kernel refuses to attach " + name +
                    ": a program on the cgroup2 root that forbids others (no BPF_F_ALLOW_MULTI) or "
                    "lockdown; bpftool cgroup show lists such programs"};
    }
    if (error == EACCES) {
        return {
            ExitCode::privilege,
            "not enough privilege: CAP_SYS_ADMIN missing; kernel.perf_event_paranoid above 2 wants it for " +
                name + ", which seeing how calls end needs: sysctl kernel.perf_event_paranoid=2"};
    }
    return {error == EPERM ? ExitCode::privilege : ExitCode::kernel,
            "cannot attach " + name + ": " + reason(error)};
}

} // namespace bindwatch
