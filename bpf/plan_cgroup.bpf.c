// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plan `cgroup`: cgroup programs at the cgroup2 root, for kernels that have no trampolines. Programs return 1: they
 * watch, they never deny. The bind4/bind6 hooks see what is asked for (the kernel's copy of the address, before the
 * outcome), post_bind what came of it; a failure's errno is seen only when the system call returns.
 */
#include "claims.bpf.h"

#include <bpf/bpf_endian.h>

/* What a task is asking for: set by bind4/bind6, used up by post_bind or by the failed system call's return. */
struct bw_attempt {
    __u64 sk;
    __u64 cookie;
    __u32 port;
    __u32 open; /* 1 until it is used up */
    __u8 address[16];
};
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 8192);
    __type(key, __u64); /* pid_tgid */
    __type(value, struct bw_attempt);
} bw_attempts SEC(".maps");

static __always_inline __u64 bw_current(void)
{
    return bpf_get_current_pid_tgid();
}

static __always_inline void bw_attempt_begin(const struct bw_attempt *attempt)
{
    __u64 task = bw_current();
    struct bw_attempt *known = bpf_map_lookup_elem(&bw_attempts, &task);

    /* A thread that binds again writes in place: an insertion costs several times as much. */
    if (known)
        *known = *attempt;
    else
        bpf_map_update_elem(&bw_attempts, &task, attempt, BPF_ANY);
}

SEC("cgroup/bind4")
int bw_bind4(struct bpf_sock_addr *ctx)
{
    struct bw_attempt attempt = {.sk = (__u64)ctx->sk, .cookie = bpf_get_socket_cookie(ctx), .open = 1};

    attempt.port = bpf_ntohs(ctx->user_port);
    *(__u32 *)attempt.address = ctx->user_ip4;
    bw_attempt_begin(&attempt);
    return 1;
}

SEC("cgroup/bind6")
int bw_bind6(struct bpf_sock_addr *ctx)
{
    struct bw_attempt attempt = {.sk = (__u64)ctx->sk, .cookie = bpf_get_socket_cookie(ctx), .open = 1};
    __u32 *address = (__u32 *)attempt.address;

    attempt.port = bpf_ntohs(ctx->user_port);
    address[0] = ctx->user_ip6[0];
    address[1] = ctx->user_ip6[1];
    address[2] = ctx->user_ip6[2];
    address[3] = ctx->user_ip6[3];
    bw_attempt_begin(&attempt);
    return 1;
}

static __always_inline int bw_post_bind(struct bpf_sock *ctx)
{
    __u64 task = bw_current();
    struct bw_attempt *attempt = bpf_map_lookup_elem(&bw_attempts, &task);
    struct bw_asked asked = {};

    bpf_get_socket_cookie(ctx); /* makes the kernel give the socket one */
    if (attempt && attempt->open) {
        attempt->open = 0;
        asked.port = attempt->port;
        asked.flags = BW_ASKED;
    }
    bw_bound(bw_plain(ctx), &asked);
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
    struct bpf_sock *sk;

    if (ctx->op != BPF_SOCK_OPS_TCP_LISTEN_CB)
        return 1;
    sk = ctx->sk;
    if (!sk)
        return 1;
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

#define BW_TCP_CLOSE 7

SEC("tp_btf/inet_sock_set_state")
int bw_set_state(__u64 *ctx)
{
    /* Accepted children show 10 -> 3; only a listener that ends shows 10 -> 7. */
    return ctx[2] == BW_TCP_CLOSE ? bw_unlistening(bw_plain((void *)ctx[0])) : 0;
}

#define BW_EBADF 9
#define BW_ENOTSOCK 88

static __always_inline bool bw_no_socket(long ret)
{
    return ret >= 0 || ret == -BW_EBADF || ret == -BW_ENOTSOCK;
}

static __always_inline struct sock *bw_syscall_socket(void)
{
    struct task_struct *task = bpf_get_current_task_btf();
    struct pt_regs *regs = (void *)bpf_task_pt_regs(task);

    return bw_socket_of_fd(task, bw_syscall_fd(regs));
}

static __always_inline void bw_take_attempt(struct bw_failure *failure, struct sock **sk)
{
    __u64 task = bw_current();
    struct bw_attempt *attempt = bpf_map_lookup_elem(&bw_attempts, &task);

    if (!attempt || !attempt->open)
        return;
    attempt->open = 0;
    *sk = (void *)attempt->sk;
    failure->cookie = attempt->cookie;
    failure->port = attempt->port;
    failure->flags = BW_ASKED;
    __builtin_memcpy(failure->address, attempt->address, sizeof(failure->address));
}

/* events/syscalls/sys_exit_NAME/format: the same on every architecture since the tracepoints exist. */
struct bw_syscall_exit {
    __u64 common;
    __s64 id;
    __s64 ret;
};

/*
 * On the exits of bind and listen, whose failures no other hook sees. Their entries are left alone: any tracepoint on the
 * entry of a system call slows every system call of every process a second time.
 */
SEC("tracepoint/syscalls/sys_exit_bind")
int bw_exit(struct bw_syscall_exit *ctx)
{
    struct bw_failure failure = {.event = BW_EVENT_BIND};
    struct sock *sk = NULL;

    if (bw_no_socket(ctx->ret))
        return 0;
    failure.error = -ctx->ret;
    if (ctx->id == bw_config.nr_listen)
        failure.event = BW_EVENT_LISTEN;
    else
        bw_take_attempt(&failure, &sk);
    if (!sk)
        sk = bw_syscall_socket();
    if (sk)
        bw_failed(sk, &failure);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
