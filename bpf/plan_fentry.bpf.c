// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plan `fentry`: trampolines on the functions that do the work. Every outcome is seen where it is decided, failures
 * with the kernel's copy of the address, and no other system call gets slower.
 */
#include "claims.bpf.h"

#include <bpf/bpf_endian.h>

#define BW_SIN_LEN 16  /* sizeof(struct sockaddr_in): what inet_bind asks for */
#define BW_SIN6_LEN 24 /* SIN6_LEN_RFC2133: what inet6_bind asks for */

/* What a bind asks for. Nothing when the address is too short to be one. */
static __always_inline bool bw_read_asked(struct bw_failure *asked, struct sock *sk, struct sockaddr *address, int length)
{
    if (BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_family) == BW_AF_INET6) {
        struct sockaddr_in6 *in6 = (void *)address;

        if (length < BW_SIN6_LEN)
            return false;
        asked->port = bpf_ntohs(BPF_CORE_READ(in6, sin6_port));
        bpf_core_read(asked->address, sizeof(asked->address), &in6->sin6_addr);
    } else {
        struct sockaddr_in *in = (void *)address;

        if (length < BW_SIN_LEN)
            return false;
        asked->port = bpf_ntohs(BPF_CORE_READ(in, sin_port));
        bpf_core_read(asked->address, sizeof(__be32), &in->sin_addr);
    }
    return true;
}

static __always_inline int bw_bind_returned(struct socket *socket, struct sockaddr *address, int length, int ret)
{
    struct bw_failure failure = {.event = BW_EVENT_BIND};
    struct sock *sk = socket->sk;

    if (!sk)
        return 0;
    if (bw_read_asked(&failure, sk, address, length))
        failure.flags = BW_ASKED;
    failure.cookie = bpf_get_socket_cookie(sk);
    if (ret) {
        failure.error = -ret;
        bw_failed(bw_plain(sk), &failure);
    } else {
        struct bw_asked asked = {.port = failure.port, .flags = failure.flags};

        bw_bound(bw_plain(sk), &asked);
    }
    return 0;
}

SEC("fexit/inet_bind")
int bw_inet_bind(__u64 *ctx)
{
    return bw_bind_returned((void *)ctx[0], (void *)ctx[1], ctx[2], ctx[3]);
}

SEC("fexit/inet6_bind")
int bw_inet6_bind(__u64 *ctx)
{
    return bw_bind_returned((void *)ctx[0], (void *)ctx[1], ctx[2], ctx[3]);
}

SEC("fexit/security_socket_bind")
int bw_security_socket_bind(__u64 *ctx)
{
    int ret = ctx[3];

    return ret ? bw_bind_returned((void *)ctx[0], (void *)ctx[1], ctx[2], ret) : 0;
}

static __always_inline int bw_listen_returned(struct socket *socket, int ret)
{
    struct bw_failure failure = {.event = BW_EVENT_LISTEN, .error = -ret};
    struct sock *sk = socket->sk;

    if (!sk)
        return 0;
    failure.cookie = bpf_get_socket_cookie(sk);
    if (ret)
        bw_failed(bw_plain(sk), &failure);
    else
        bw_listening(bw_plain(sk));
    return 0;
}

SEC("fexit/inet_listen")
int bw_inet_listen(__u64 *ctx)
{
    return bw_listen_returned((void *)ctx[0], ctx[2]);
}

/* listen(2) on a datagram socket. */
SEC("fexit/sock_no_listen")
int bw_sock_no_listen(__u64 *ctx)
{
    return bw_listen_returned((void *)ctx[0], ctx[2]);
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

#define BW_TCP_CLOSE 7

SEC("tp_btf/inet_sock_set_state")
int bw_set_state(__u64 *ctx)
{
    return ctx[2] == BW_TCP_CLOSE ? bw_unlistening(bw_plain((void *)ctx[0])) : 0;
}

char LICENSE[] SEC("license") = "GPL";
