// SPDX-License-Identifier: Apache-2.0
#include "kernel/attach.hpp"

#include "kernel/load_error.hpp"
#include "kernel/tracefs.hpp"
#include "util/cgroup_mount.hpp"

#include <bpf/bpf.h>

#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

namespace bindwatch {

namespace {

using Kind = Hook::Kind;

constexpr std::array hooks{
    Hook{"bw_inet_put_port", Kind::tracing},
    Hook{"bw_udp_lib_unhash", Kind::tracing},
    Hook{"bw_inet_release", Kind::tracing},
    Hook{"bw_sk_free", Kind::tracing},
    Hook{"bw_sock_release", Kind::cgroup, BPF_CGROUP_INET_SOCK_RELEASE},
    Hook{"bw_set_state", Kind::tracing},
    Hook{"bw_exit", Kind::syscall_exit, {}, "sys_exit_bind"},
    Hook{"bw_exit", Kind::syscall_exit, {}, "sys_exit_listen"},
    Hook{"bw_sockops", Kind::cgroup, BPF_CGROUP_SOCK_OPS},
    Hook{"bw_inet_listen", Kind::tracing},
    Hook{"bw_mptcp_listen", Kind::tracing},
    Hook{"bw_sock_no_listen", Kind::tracing},
    Hook{"bw_sys_listen", Kind::tracing},
    Hook{"bw_security_socket_listen", Kind::tracing},
    Hook{"bw_post_bind4", Kind::cgroup, BPF_CGROUP_INET4_POST_BIND},
    Hook{"bw_post_bind6", Kind::cgroup, BPF_CGROUP_INET6_POST_BIND},
    Hook{"bw_sock_create", Kind::cgroup, BPF_CGROUP_INET_SOCK_CREATE},
    Hook{"bw_bind4", Kind::cgroup, BPF_CGROUP_INET4_BIND},
    Hook{"bw_bind6", Kind::cgroup, BPF_CGROUP_INET6_BIND},
    Hook{"bw_sys_bind", Kind::tracing},
    Hook{"bw_security_socket_bind", Kind::tracing},
    Hook{"bw_setsockopt", Kind::tracing, {}, {}, "/sys/module/sctp"},
    Hook{"bw_security_sctp", Kind::tracing, {}, {}, "/sys/module/sctp"},
    Hook{"bw_mptcp_bind", Kind::tracing},
    Hook{"bw_inet_bind", Kind::tracing},
    Hook{"bw_inet6_bind", Kind::tracing},
};

Result<UniqueFd> attach_syscall_exit(const Hook& hook, int program_fd) {
    const auto id = tracepoint_id(hook.tracepoint);
    if (!id) {
        return std::unexpected(id.error());
    }
    perf_event_attr attr{};
    attr.type = PERF_TYPE_TRACEPOINT;
    attr.size = sizeof(attr);
    attr.config = *id;
    attr.sample_period = 1;
    // A program on a tracepoint runs on every CPU, whichever one the event is opened on.
    UniqueFd event(static_cast<int>(syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC)));
    if (!event || ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, program_fd) != 0 ||
        ioctl(event.get(), PERF_EVENT_IOC_ENABLE, 0) != 0) {
        return std::unexpected(attach_error(hook.tracepoint, errno));
    }
    return event;
}

} // namespace

std::span<const Hook> all_hooks() {
    return hooks;
}

bool only_for_failures(const Hook& hook) {
    return hook.kind == Kind::syscall_exit;
}

bool wanted_here(const Hook& hook) {
    return hook.module.empty() || access(std::string(hook.module).c_str(), F_OK) == 0;
}

Result<UniqueFd> attach(const Hook& hook, int program_fd, int cgroup_fd) {
    int fd = -1;
    switch (hook.kind) {
    case Kind::cgroup: fd = bpf_link_create(program_fd, cgroup_fd, hook.type, nullptr); break;
    case Kind::tracing: fd = bpf_raw_tracepoint_open(nullptr, program_fd); break;
    case Kind::syscall_exit: return attach_syscall_exit(hook, program_fd);
    }
    if (fd < 0) {
        return std::unexpected(attach_error(hook.program, -fd));
    }
    return UniqueFd(fd);
}

Result<UniqueFd> open_cgroup_root() {
    const auto mount = own_cgroup_mount();
    UniqueFd root(mount ? open(mount->point.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1);
    if (!mount || !root) {
        return fail(
            ExitCode::kernel,
            "no cgroup2 file system is mounted, which plan cgroup attaches to: mount it, for example with "
            "mount -t cgroup2 none /sys/fs/cgroup");
    }
    // Below the root of all, the rest of the machine would go unseen.
    if (!shows_whole_hierarchy(*mount)) {
        return fail(ExitCode::kernel,
                    "only a part of the cgroup2 hierarchy is mounted here, as in a container: give it "
                    "the host's, with -v /sys/fs/cgroup:/sys/fs/cgroup:ro --cgroupns host");
    }
    return root;
}

} // namespace bindwatch
