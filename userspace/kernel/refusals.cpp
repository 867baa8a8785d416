// SPDX-License-Identifier: Apache-2.0
#include "kernel/refusals.hpp"

#include <bpf/libbpf.h>

#include <linux/bpf.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace bindwatch {

int bpf_call_error() {
    union bpf_attr attr {};
    constexpr int no_such_command = 0x7fff;
    return syscall(SYS_bpf, no_such_command, &attr, sizeof(attr)) < 0 ? errno : 0;
}

bool has_btf() {
    return access("/sys/kernel/btf/vmlinux", F_OK) == 0;
}

bool kernel_memory_is_locked() {
    return libbpf_probe_bpf_helper(BPF_PROG_TYPE_TRACEPOINT, BPF_FUNC_probe_read_kernel, nullptr) == 0;
}

/// The helper asked for came with Linux 5.11.
bool locked_memory_is_limited() {
    rlimit locked{};
    return getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_cur != RLIM_INFINITY &&
           libbpf_probe_bpf_helper(BPF_PROG_TYPE_SOCKET_FILTER, BPF_FUNC_ktime_get_coarse_ns, nullptr) != 1;
}

} // namespace bindwatch
