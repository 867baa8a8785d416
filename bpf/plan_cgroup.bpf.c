// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plan `cgroup`: cgroup programs at the cgroup2 root, for kernels that have no trampolines. Programs return 1: they
 * watch, they never deny. The bind4/bind6 hooks see what is asked for (the kernel's copy of the address, before the
 * outcome), post_bind what came of it; a failure's errno is seen only when the system call returns.
 */
#define BW_ENDLESS_CLAIMS
#define BW_ENDLESS bw_endless_claims
#include "calls.bpf.h"

/* The cgroup's sock_release hook runs for neither: kernel sockets are nobody's, vsock is not inet's. */
static __always_inline bool bw_sees_end(const struct bw_socket *socket)
{
    return socket->family != BW_AF_VSOCK && !(socket->options & BW_SOCK_KERNEL);
}

/* What a task is asking for: set by bind4/bind6, used up by post_bind or by the failed system call's return. */
struct bw_attempt {
    __u64 sk;
    __u32 port;
    __u16 open; /* 1 until it is used up */
    __u16 seen; /* 1: a hook further inside has seen this call succeed; its return has nothing to add */
    __u8 address[16];
};
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 8192);
    __type(key, __u64); /* the task: the only name of it that every hook can ask for */
    __type(value, struct bw_attempt);
} bw_attempts SEC(".maps");

static __always_inline struct bw_attempt *bw_own_attempt(void)
{
    __u64 task = bpf_get_current_task();

    return bpf_map_lookup_elem(&bw_attempts, &task);
}

static __always_inline void bw_attempt_begin(const struct bw_attempt *attempt)
{
    __u64 task = bpf_get_current_task();
    struct bw_attempt *known = bpf_map_lookup_elem(&bw_attempts, &task);

    /* A thread that binds again writes in place: an insertion costs several times as much. */
    if (known)
        *known = *attempt;
    else
        bpf_map_update_elem(&bw_attempts, &task, attempt, BPF_ANY);
}

/* Makes the kernel give every socket its cookie, which a tracepoint cannot, nor a sub-flow's hook for its MPTCP socket. */
SEC("cgroup/sock_create")
int bw_sock_create(struct bpf_sock *ctx)
{
    bpf_get_socket_cookie(ctx);
    return 1;
}

SEC("cgroup/bind4")
int bw_bind4(struct bpf_sock_addr *ctx)
{
    struct bw_attempt attempt = {.sk = (__u64)ctx->sk, .open = 1};

    bpf_get_socket_cookie(ctx); /* the socket may be older than we are */
    attempt.port = bpf_ntohs(ctx->user_port);
    *(__u32 *)attempt.address = ctx->user_ip4;
    bw_attempt_begin(&attempt);
    return 1;
}

SEC("cgroup/bind6")
int bw_bind6(struct bpf_sock_addr *ctx)
{
    struct bw_attempt attempt = {.sk = (__u64)ctx->sk, .open = 1};
    __u32 *address = (__u32 *)attempt.address;

    bpf_get_socket_cookie(ctx);
    attempt.port = bpf_ntohs(ctx->user_port);
    address[0] = ctx->user_ip6[0];
    address[1] = ctx->user_ip6[1];
    address[2] = ctx->user_ip6[2];
    address[3] = ctx->user_ip6[3];
    bw_attempt_begin(&attempt);
    return 1;
}

/*
 * True if a program of somebody else has already said no: programs of a cgroup run before those of the cgroups above it.
 * bpf_get_retval is Linux 5.18's; before, the system call's return takes back what is told here.
 */
static __always_inline bool bw_refused(void)
{
    return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_retval) && bpf_get_retval() < 0;
}

static __always_inline int bw_post_bind(struct bpf_sock *ctx)
{
    struct bw_attempt *attempt = bw_own_attempt();
    struct sock *sk = bw_plain(ctx);
    struct bw_asked asked = {};

    bpf_get_socket_cookie(ctx);
    if (bw_refused())
        return 1;
    if (attempt && attempt->open && attempt->sk == (__u64)sk) {
        attempt->open = 0;
        attempt->seen = 1;
        asked.port = attempt->port;
        asked.flags = BW_ASKED;
    }
    bw_bound(sk, &asked);
    return 1;
}

SEC("cgroup/post_bind4")
int bw_post_bind4(struct bpf_sock *ctx)
{
    return bw_post_bind(ctx);
}

SEC("cgroup/post_bind6")
int bw_post_bind6(struct bpf_sock *ctx)
{
    return bw_post_bind(ctx);
}

SEC("sockops")
int bw_sockops(struct bpf_sock_ops *ctx)
{
    struct bw_attempt *attempt;
    struct bpf_sock *sk;

    if (ctx->op != BPF_SOCK_OPS_TCP_LISTEN_CB)
        return 1;
    sk = ctx->sk;
    if (!sk)
        return 1;
    attempt = bw_own_attempt();
    if (attempt)
        attempt->seen = 1;
    bpf_get_socket_cookie(ctx);
    bw_listening(bw_plain(sk));
    return 1;
}

SEC("cgroup/sock_release")
int bw_sock_release(struct bpf_sock *ctx)
{
    bw_release((__u64)bw_plain(ctx));
    return 1;
}

SEC("tp_btf/inet_sock_set_state")
int bw_set_state(__u64 *ctx)
{
    return bw_state_changed(bw_plain((void *)ctx[0]), ctx[1], ctx[2]);
}

/*
 * On the exits of bind and listen, whose failures no other hook sees. Their entries are left alone: any tracepoint on the
 * entry of a system call slows every system call of every process a second time.
 */
SEC("tracepoint/syscalls/sys_exit_bind")
int bw_exit(struct bw_syscall_exit *ctx)
{
    struct bw_attempt *attempt = bw_own_attempt();
    struct bw_failure failure = {.event = bw_exit_event(ctx), .error = -ctx->ret};
    bool seen = attempt && attempt->seen;
    struct sock *sk;

    if (seen)
        attempt->seen = 0;
    sk = bw_exit_socket(ctx);
    if (!sk)
        return 0;
    /* No cgroup hook runs for these two. `seen` does not say so: a call of io_uring or a 32-bit one can leave it behind. */
    if (ctx->ret == 0)
        return bw_is_vsock(sk) || bw_is_sctp(sk) ? bw_exit_succeeded(sk, failure.event) : 0;
    if (seen && failure.event == BW_EVENT_BIND && failure.error != BW_EFAULT && failure.error != BW_EINVAL &&
        bw_owner_socket((void *)attempt->sk) == sk) {
        /* Somebody else's post_bind program has refused what ours saw: the port is given up again. */
        bw_release((__u64)sk);
        attempt->open = 1;
    }
    /* A call of io_uring can leave an attempt behind: only one on the same socket is this call's. */
    if (failure.event == BW_EVENT_BIND && attempt && attempt->open &&
        bw_owner_socket((void *)attempt->sk) == sk) {
        failure.port = attempt->port;
        failure.flags = BW_ASKED;
        __builtin_memcpy(failure.address, attempt->address, sizeof(failure.address));
    }
    if (attempt)
        attempt->open = 0;
    return bw_failed(sk, &failure);
}

char LICENSE[] SEC("license") = "GPL";
