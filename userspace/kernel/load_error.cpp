// SPDX-License-Identifier: Apache-2.0
#include "kernel/load_error.hpp"

#include <bpf/libbpf.h>

#include <linux/bpf.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

namespace bindwatch {
namespace {

/// bpf(2) with a command that does not exist: what is refused here is refused whatever the program.
int bpf_refusal() {
    union bpf_attr attr {};
    constexpr int no_such_command = 0x7fff;
    return syscall(SYS_bpf, no_such_command, &attr, sizeof(attr)) < 0 ? errno : 0;
}

bool has_btf() {
    return access("/sys/kernel/btf/vmlinux", F_OK) == 0;
}

/// Asked of the verifier, since securityfs, where lockdown says what it is, need not be mounted.
bool kernel_memory_is_locked() {
    return libbpf_probe_bpf_helper(BPF_PROG_TYPE_TRACEPOINT, BPF_FUNC_probe_read_kernel, nullptr) == 0;
}

/// From Linux 5.11 on, when this helper came, it is charged to the cgroup.
bool memory_is_charged_to_the_user() {
    rlimit locked{};
    return getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_cur != RLIM_INFINITY &&
           libbpf_probe_bpf_helper(BPF_PROG_TYPE_SOCKET_FILTER, BPF_FUNC_ktime_get_coarse_ns, nullptr) != 1;
}

std::string reason(int error) {
    return strerror(error);
} // NOLINT(concurrency-mt-unsafe): before any thread

} // namespace

Error load_error(std::string_view plan, int error) {
    const int refusal = bpf_refusal();
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
    if (error == EPERM && memory_is_charged_to_the_user()) {
        return {ExitCode::privilege, "not enough privilege: CAP_SYS_RESOURCE missing; before Linux 5.11 the "
                                     "kernel's side is locked memory: raise ulimit -l, or run it with sudo"};
    }
    if (error == ENOMEM) {
        return {ExitCode::failure, "not enough memory for the kernel's side: a smaller --ring-size helps"};
    }
    std::string message = "plan " + std::string(plan) + " does not load on this kernel: " + reason(error);
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
