/* SPDX-License-Identifier: GPL-2.0-only */
/* bind(2) and listen(2) as they return: for what no hook further inside sees. */
#pragma once

#include "failures.bpf.h"

#define BW_EBADF 9
#define BW_EFAULT 14
#define BW_EINVAL 22
#define BW_ENOTSOCK 88

/*
 * struct sockaddr_in and sockaddr_in6 (linux/in.h, linux/in6.h): programs are built with these, so no kernel has others and
 * none need be looked up in its types.
 */
struct bw_sockaddr_in {
    __u16 family;
    __be16 port;
    __u8 address[4];
};
struct bw_sockaddr_in6 {
    __u16 family;
    __be16 port;
    __be32 flow;
    __u8 address[16];
    __u32 scope;
};

#define BW_SIN_LEN 16     /* sizeof(struct sockaddr_in): what inet_bind asks for */
#define BW_SIN6_LEN 24    /* SIN6_LEN_RFC2133: what inet6_bind asks for */
#define BW_SOCKADDR_VM 16 /* sizeof(struct sockaddr_vm) */
#define BW_SOCKADDR_STORAGE 128

/* Not a socket: whatever the call was, it was about no claim. */
static __always_inline bool bw_no_socket(int ret)
{
    return ret == -BW_EBADF || ret == -BW_ENOTSOCK;
}

static __always_inline bool bw_is_vsock(struct sock *sk)
{
    return BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_family) == BW_AF_VSOCK;
}

static __always_inline bool bw_is_sctp(struct sock *sk)
{
    return BPF_CORE_READ(bw_inet(sk), sk.sk_protocol) == BW_IPPROTO_SCTP;
}

/* What is asked for of `sk`. Nothing when the address is too short to be one. */
static __always_inline bool bw_read_asked(struct bw_failure *asked, struct sock *sk, void *address, int length)
{
    __u16 family = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_family);

    if (family == BW_AF_VSOCK) {
        struct bw_vsock_address vm = {};

        if (length < BW_SOCKADDR_VM || bpf_probe_read_kernel(&vm, sizeof(vm), address) || vm.family != BW_AF_VSOCK)
            return false;
        asked->port = vm.port;
        vm.cid = bpf_htonl(vm.cid);
        __builtin_memcpy(asked->address, &vm.cid, sizeof(vm.cid));
    } else if (family == BW_AF_INET6) {
        struct bw_sockaddr_in6 *in6 = address;

        if (length < BW_SIN6_LEN)
            return false;
        asked->port = bpf_ntohs(BPF_PROBE_READ(in6, port));
        bpf_probe_read_kernel(asked->address, sizeof(in6->address), in6->address);
    } else {
        struct bw_sockaddr_in *in = address;

        if (length < BW_SIN_LEN)
            return false;
        asked->port = bpf_ntohs(BPF_PROBE_READ(in, port));
        bpf_probe_read_kernel(asked->address, sizeof(in->address), in->address);
    }
    asked->flags = BW_ASKED;
    return true;
}

/* A listen(2) with backlog 0 takes an SCTP socket out of LISTEN, where no hook sees it. */
static __always_inline int bw_listen_succeeded(struct sock *sk)
{
    if (BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_state) == BW_TCP_LISTEN || bw_is_vsock(sk))
        return bw_listening(sk);
    return bw_unlistening(sk);
}

/* events/syscalls/sys_exit_NAME/format: the same on every architecture since the tracepoints exist. */
struct bw_syscall_exit {
    __u64 common;
    __s64 id;
    __s64 ret;
};

static __always_inline __u32 bw_exit_event(const struct bw_syscall_exit *ctx)
{
    return ctx->id == bw_config.nr_listen ? BW_EVENT_LISTEN : BW_EVENT_BIND;
}

/* The socket that the call was about; NULL if it was about none. */
static __always_inline struct sock *bw_exit_socket(const struct bw_syscall_exit *ctx)
{
    if (bw_no_socket(ctx->ret))
        return NULL;
    return bw_socket_of_fd((void *)bpf_get_current_task(), bw_syscall_fd(bw_task_registers()));
}

/* What was asked for was in user memory, and is not read a second time. */
static __always_inline int bw_exit_succeeded(struct sock *sk, __u32 event)
{
    struct bw_asked asked = {};

    return event == BW_EVENT_LISTEN ? bw_listen_succeeded(sk) : bw_bound(sk, &asked);
}
