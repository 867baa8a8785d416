// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plan `syscall`: the last resort, where neither trampolines nor cgroup programs are to be had. bind and listen are seen
 * when they return, and the socket is found through the fd table, so that port and address are the kernel's and not what
 * another thread has written over the caller's memory. docs/SUPPORT.md says what this plan cannot see.
 */
#define BW_CLAIMS_TYPE BPF_MAP_TYPE_LRU_HASH
#define BW_CLAIMS_FLAGS 0
#define BW_UNLOCKED
#define BW_ENDLESS bw_claims
#include "calls.bpf.h"

static __always_inline bool bw_sees_end(const struct bw_socket *socket)
{
    (void)socket;
    return false;
}

SEC("tracepoint/syscalls/sys_exit_bind")
int bw_exit(struct bw_syscall_exit *ctx)
{
    struct bw_failure failure = {.event = bw_exit_event(ctx), .error = -ctx->ret};
    struct sock *sk = bw_exit_socket(ctx);

    if (!sk)
        return 0;
    return ctx->ret ? bw_failed(sk, &failure) : bw_exit_succeeded(sk, failure.event);
}

#define BW_SHUTDOWN_BOTH 3

/* A listener's end is the only end that shows: close(2) has shut it down both ways before it leaves LISTEN. */
SEC("tp_btf/inet_sock_set_state")
int bw_set_state(__u64 *ctx)
{
    struct sock *sk = bw_plain((void *)ctx[0]);

    if (ctx[1] == BW_TCP_LISTEN && ctx[2] == BW_TCP_CLOSE &&
        BPF_CORE_READ(bw_inet(sk), sk.sk_shutdown) == BW_SHUTDOWN_BOTH)
        return bw_release((__u64)bw_owner_socket(sk));
    return bw_state_changed(sk, ctx[1], ctx[2]);
}

char LICENSE[] SEC("license") = "GPL";
