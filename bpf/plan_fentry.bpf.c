// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plan `fentry`: trampolines on the functions that do the work. Every outcome is seen where it is decided, failures
 * with the kernel's copy of the address, and no other system call gets slower. None hangs in a module: modules come and go
 * (docs/adr/0005-no-hooks-in-modules.md).
 */
#define BW_MANY_PROGRAMS
#include "calls.bpf.h"

static __always_inline int bw_bind_returned(struct socket *socket, void *address, int length, int ret)
{
    struct bw_failure failure = {.event = BW_EVENT_BIND, .error = -ret};
    struct sock *sk = socket->sk;
    struct bw_asked asked = {};

    if (!sk)
        return 0;
    bw_read_asked(&failure, bw_plain(sk), address, length);
    bpf_get_socket_cookie(sk); /* makes the kernel give the socket one */
    if (ret)
        return bw_failed(bw_plain(sk), &failure);
    asked.port = failure.port;
    asked.flags = failure.flags;
    return bw_bound(bw_plain(sk), &asked);
}

/* Until Linux 6.4 an MPTCP socket's bind and listen call these for its first sub-flow. */
static __always_inline bool bw_is_subflow(struct socket *socket)
{
    struct sock *sk = bw_plain(socket->sk);

    return bw_owner_socket(sk) != sk;
}

SEC("fexit/inet_bind")
int bw_inet_bind(__u64 *ctx)
{
    return bw_is_subflow((void *)ctx[0]) ? 0 : bw_bind_returned((void *)ctx[0], (void *)ctx[1], ctx[2], ctx[3]);
}

SEC("fexit/inet6_bind")
int bw_inet6_bind(__u64 *ctx)
{
    return bw_is_subflow((void *)ctx[0]) ? 0 : bw_bind_returned((void *)ctx[0], (void *)ctx[1], ctx[2], ctx[3]);
}

SEC("fexit/mptcp_bind")
int bw_mptcp_bind(__u64 *ctx)
{
    return bw_bind_returned((void *)ctx[0], (void *)ctx[1], ctx[2], ctx[3]);
}

static __always_inline int bw_listen_returned(struct socket *socket, int ret)
{
    struct bw_failure failure = {.event = BW_EVENT_LISTEN, .error = -ret};
    struct sock *sk = socket->sk;

    if (!sk)
        return 0;
    bpf_get_socket_cookie(sk);
    return ret ? bw_failed(bw_plain(sk), &failure) : bw_listening(bw_plain(sk));
}

SEC("fexit/inet_listen")
int bw_inet_listen(__u64 *ctx)
{
    return bw_is_subflow((void *)ctx[0]) ? 0 : bw_listen_returned((void *)ctx[0], ctx[2]);
}

SEC("fexit/mptcp_listen")
int bw_mptcp_listen(__u64 *ctx)
{
    return bw_listen_returned((void *)ctx[0], ctx[2]);
}

/* listen(2) on a datagram socket. */
SEC("fexit/sock_no_listen")
int bw_sock_no_listen(__u64 *ctx)
{
    return bw_listen_returned((void *)ctx[0], ctx[2]);
}

/*
 * The calls whose work is done in a module (vsock's, and SCTP's listen) are taken note of where the security modules are
 * asked, and told when the system call returns.
 */
struct bw_call {
    __u64 sk;
    __u32 port;
    __u32 event; /* BW_EVENT_* until it has returned */
    __u32 flags;
    __u8 address[16];
    __u32 pad;
};
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u64); /* pid_tgid */
    __type(value, struct bw_call);
} bw_calls SEC(".maps");

static __always_inline void bw_note_call(struct sock *sk, const struct bw_failure *asked)
{
    struct bw_call call = {.sk = (__u64)sk, .port = asked->port, .event = asked->event, .flags = asked->flags};
    __u64 task = bpf_get_current_pid_tgid();

    __builtin_memcpy(call.address, asked->address, sizeof(call.address));
    bpf_map_update_elem(&bw_calls, &task, &call, BPF_ANY);
}

SEC("fexit/security_socket_bind")
int bw_security_socket_bind(__u64 *ctx)
{
    struct bw_failure asked = {.event = BW_EVENT_BIND};
    struct socket *socket = (void *)ctx[0];
    struct sock *sk = socket->sk;
    int ret = ctx[3];

    if (!sk)
        return 0;
    if (sk->__sk_common.skc_family == BW_AF_VSOCK) {
        bw_read_asked(&asked, bw_plain(sk), (void *)ctx[1], ctx[2]);
        bpf_get_socket_cookie(sk);
        bw_note_call(bw_plain(sk), &asked);
        return 0;
    }
    return ret ? bw_bind_returned(socket, (void *)ctx[1], ctx[2], ret) : 0;
}

SEC("fexit/security_socket_listen")
int bw_security_socket_listen(__u64 *ctx)
{
    struct bw_failure asked = {.event = BW_EVENT_LISTEN};
    struct socket *socket = (void *)ctx[0];
    struct sock *sk = socket->sk;
    int ret = ctx[2];

    if (!sk)
        return 0;
    if (sk->__sk_common.skc_family == BW_AF_VSOCK || sk->sk_protocol == BW_IPPROTO_SCTP) {
        bpf_get_socket_cookie(sk);
        bw_note_call(bw_plain(sk), &asked);
        return 0;
    }
    return ret ? bw_listen_returned(socket, ret) : 0;
}

/* True for a call that was taken note of; it has been told then. `failure` says which call it was, and its error. */
static __always_inline bool bw_tell_noted_call(int fd, struct bw_failure *failure)
{
    __u32 event = failure->event;
    __u64 task = bpf_get_current_pid_tgid();
    struct bw_call *call = bpf_map_lookup_elem(&bw_calls, &task);
    struct bw_asked asked = {};
    struct sock *sk;

    if (!call || call->event != event)
        return false;
    sk = bw_socket_of_fd((void *)bpf_get_current_task(), fd);
    if (!sk || (__u64)sk != call->sk) /* left behind by a call of io_uring */
        return false;
    call->event = 0;
    /* vsock's datagram sockets are sock_no_listen's. */
    if (event == BW_EVENT_LISTEN && failure->error && bw_is_vsock(sk) && BPF_CORE_READ(bw_inet(sk), sk.sk_type) == BW_SOCK_DGRAM)
        return true;
    if (failure->error) {
        failure->port = call->port;
        failure->flags = call->flags;
        __builtin_memcpy(failure->address, call->address, sizeof(failure->address));
        bw_failed(sk, failure);
    } else if (event == BW_EVENT_LISTEN) {
        bw_listen_succeeded(sk);
    } else {
        asked.port = call->port;
        asked.flags = call->flags;
        bw_bound(sk, &asked);
    }
    return true;
}

SEC("fexit/__sys_bind")
int bw_sys_bind(__u64 *ctx)
{
    int length = ctx[2], ret = ctx[3];
    struct bw_failure failure = {.event = BW_EVENT_BIND, .error = -ret};
    struct sock *sk;

    if (bw_no_socket(ret) || bw_tell_noted_call(ctx[0], &failure))
        return 0;
    /* An address that never came into the kernel: nothing further inside has seen the call. */
    if (ret != -BW_EFAULT && !(ret == -BW_EINVAL && (__u32)length > BW_SOCKADDR_STORAGE))
        return 0;
    sk = bw_socket_of_fd((void *)bpf_get_current_task(), ctx[0]);
    return sk ? bw_failed(sk, &failure) : 0;
}

SEC("fexit/__sys_listen")
int bw_sys_listen(__u64 *ctx)
{
    int ret = ctx[2];
    struct bw_failure failure = {.event = BW_EVENT_LISTEN, .error = -ret};

    if (!bw_no_socket(ret))
        bw_tell_noted_call(ctx[0], &failure);
    return 0;
}

#define BW_SCTP_BINDX_ADD 100
#define BW_MAX_ADDRESSES 16 /* of one call that are told; programs give as many as the machine has interfaces */

/* sctp_bindx(3): the kernel's copy of what a task asks for, until the call returns. */
struct bw_addresses {
    __u32 count;
    __u32 port;
    struct bw_address each[BW_MAX_ADDRESSES];
};
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 128);
    __type(key, __u64); /* pid_tgid */
    __type(value, struct bw_addresses);
} bw_asked_addresses SEC(".maps");
static const volatile struct bw_addresses bw_no_addresses = {};

SEC("fexit/security_sctp_bind_connect")
int bw_security_sctp(__u64 *ctx)
{
    struct bw_sockaddr_in6 *next = (void *)ctx[2], *end = (void *)(ctx[2] + (__u32)ctx[3]);
    struct bw_addresses *asked;
    __u64 task = bpf_get_current_pid_tgid();

    if ((int)ctx[1] != BW_SCTP_BINDX_ADD || (int)ctx[4] ||
        bpf_map_update_elem(&bw_asked_addresses, &task, (void *)&bw_no_addresses, BPF_ANY))
        return 0;
    asked = bpf_map_lookup_elem(&bw_asked_addresses, &task);
    for (__u32 i = 0; asked && i < BW_MAX_ADDRESSES && next < end; i++) {
        __u16 family = BPF_PROBE_READ(next, family);

        asked->each[i].family = family;
        asked->port = bpf_ntohs(BPF_PROBE_READ(next, port));
        asked->count = i + 1;
        if (family == BW_AF_INET6) {
            bpf_probe_read_kernel(asked->each[i].bytes, sizeof(next->address), next->address);
            next++;
        } else {
            bpf_probe_read_kernel(asked->each[i].bytes, 4, ((struct bw_sockaddr_in *)next)->address);
            next = (void *)next + BW_SIN_LEN;
        }
    }
    return 0;
}

/* Of its context: socket, level, name, the value's sockptr_t in two, its length; then what it returned. */
#define BW_SETSOCKOPT_RETURN 6

/* sctp_bindx(3). Attached only where SCTP is loaded, so that no other machine's setsockopt(2) pays for it. */
SEC("fexit/sock_common_setsockopt")
int bw_setsockopt(__u64 *ctx)
{
    struct socket *socket = (void *)ctx[0];
    struct sock *sk = socket->sk;
    struct bw_failure failure = {.event = BW_EVENT_BIND, .error = -(int)ctx[BW_SETSOCKOPT_RETURN], .flags = BW_ASKED};
    struct bw_asked asked = {.flags = BW_ASKED};
    struct bw_addresses *addresses;
    __u64 task = bpf_get_current_pid_tgid();

    if ((int)ctx[1] != BW_IPPROTO_SCTP || (int)ctx[2] != BW_SCTP_BINDX_ADD || !sk)
        return 0;
    addresses = bpf_map_lookup_elem(&bw_asked_addresses, &task);
    if (!addresses)
        return 0;
    bpf_get_socket_cookie(sk);
    asked.port = failure.port = addresses->port;
    for (__u32 i = 0; i < BW_MAX_ADDRESSES && i < addresses->count; i++) {
        asked.one_of_many = &addresses->each[i];
        if (failure.error) {
            __builtin_memcpy(failure.address, addresses->each[i].bytes, sizeof(failure.address));
            bw_failed(bw_plain(sk), &failure);
            break; /* all or none: the call is one, and its first address stands for it */
        }
        bw_bound(bw_plain(sk), &asked);
    }
    bpf_map_delete_elem(&bw_asked_addresses, &task);
    return 0;
}

/* TCP gives its port up here; for an orphan that is in softirq, long after close(2). */
SEC("fentry/inet_put_port")
int bw_inet_put_port(__u64 *ctx)
{
    return bw_release((__u64)bw_plain((void *)ctx[0]));
}

/* UDP: the end of the socket, or AF_UNSPEC giving up a port that the kernel chose. */
SEC("fentry/udp_lib_unhash")
int bw_udp_lib_unhash(__u64 *ctx)
{
    return bw_release((__u64)bw_plain((void *)ctx[0]));
}

/* The last close of the protocols that end their ports in places of their own. */
SEC("fentry/inet_release")
int bw_inet_release(__u64 *ctx)
{
    struct socket *socket = (void *)ctx[0];
    struct sock *sk = socket->sk;

    if (!sk || (sk->sk_protocol != BW_IPPROTO_MPTCP && sk->sk_protocol != BW_IPPROTO_SCTP))
        return 0;
    return bw_release((__u64)bw_plain(sk));
}

/* vsock's end, and the safety net of all: no note outlives its socket. */
SEC("fentry/__sk_free")
int bw_sk_free(__u64 *ctx)
{
    return bw_release((__u64)bw_plain((void *)ctx[0]));
}

SEC("tp_btf/inet_sock_set_state")
int bw_set_state(__u64 *ctx)
{
    return bw_state_changed(bw_plain((void *)ctx[0]), ctx[1], ctx[2]);
}

char LICENSE[] SEC("license") = "GPL";
