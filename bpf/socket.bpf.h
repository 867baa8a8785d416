/* SPDX-License-Identifier: GPL-2.0-only */
/* What a socket is: read from the kernel's struct sock, never from user memory. */
#pragma once

#include "compat.bpf.h"

#include <bindwatch/event_abi.h>
#include <bpf/bpf_endian.h>

#define BW_VMADDR_PORT_ANY 0xffffffffU
#define BW_SOCK_DGRAM 2
#define BW_SOCK_RAW 3
#define BW_IPPROTO_TCP 6
#define BW_IPPROTO_UDP 17
#define BW_IPPROTO_DCCP 33
#define BW_IPPROTO_SCTP 132
#define BW_IPPROTO_UDPLITE 136
#define BW_IPPROTO_MPTCP 262
#define BW_TCP_TIME_WAIT 6
#define BW_TCP_CLOSE 7
#define BW_TCP_CLOSE_WAIT 8 /* SCTP's listeners pass through it */
#define BW_TCP_LISTEN 10
#define BW_TCP_NEW_SYN_RECV 12

/*
 * The verifier knows what a hook's own pointer points to, and then forbids arithmetic on it (which a CO-RE read does) and
 * passing it to a function as a number. This gives the same pointer with its past forgotten.
 */
static __always_inline struct sock *bw_plain(void *sk)
{
    struct sock *plain = NULL;

    bpf_probe_read_kernel(&plain, sizeof(plain), &sk);
    return plain;
}

/*
 * Sockets are read as inet_sock, whose first member is the sock: the kernel keeps the types that it has looked up in 31
 * places, and "sock" falls into the place of "kernfs_node", so that each would push the other out (hash_cands, btf.c).
 */
static __always_inline struct inet_sock *bw_inet(struct sock *sk)
{
    return (struct inet_sock *)sk;
}

/* A raw socket keeps its protocol where the others keep their port. */
static __always_inline bool bw_has_ports(__u16 type, __u16 protocol)
{
    if (type == BW_SOCK_RAW)
        return false;
    return protocol == BW_IPPROTO_TCP || protocol == BW_IPPROTO_UDP || protocol == BW_IPPROTO_MPTCP ||
           protocol == BW_IPPROTO_SCTP || protocol == BW_IPPROTO_UDPLITE || protocol == BW_IPPROTO_DCCP;
}

/* The MPTCP socket that a TCP sub-flow belongs to; the socket itself when it is none. */
static __always_inline struct sock *bw_owner_socket(struct sock *sk)
{
    struct tcp_sock *tcp = (void *)sk;
    struct mptcp_subflow_context *subflow;

    if (BPF_CORE_READ(bw_inet(sk), sk.sk_protocol) != BW_IPPROTO_TCP || !bpf_core_field_exists(tcp->is_mptcp) ||
        !BPF_CORE_READ_BITFIELD_PROBED(bw_inet(sk), sk.sk_kern_sock) || !BPF_CORE_READ(tcp, is_mptcp))
        return sk;
    subflow = BPF_CORE_READ(tcp, inet_conn.icsk_ulp_data);
    return subflow ? BPF_CORE_READ(subflow, conn) : sk;
}

/* The head of struct sockaddr_vm, linux/vm_sockets.h. */
struct bw_vsock_address {
    __u16 family;
    __u16 reserved;
    __u32 port;
    __u32 cid;
};

/*
 * struct vsock_sock is a module's, and a module may come after us: but its local address has stood behind the sock and one
 * pointer since Linux 5.5, and says itself whether it is one.
 */
static __always_inline bool bw_read_vsock(struct bw_socket *out, struct sock *sk)
{
    struct bw_vsock_address local = {};

    bpf_probe_read_kernel(&local, sizeof(local), (void *)sk + bpf_core_field_size(bw_inet(sk)->sk) + sizeof(void *));
    if (local.family != BW_AF_VSOCK)
        return false;
    __builtin_memset(out, 0, sizeof(*out));
    out->cookie = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_cookie.counter);
    out->netns = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_net.net, ns.inum);
    out->port = local.port == BW_VMADDR_PORT_ANY ? 0 : local.port;
    out->family = BW_AF_VSOCK;
    out->type = BPF_CORE_READ(bw_inet(sk), sk.sk_type);
    if (BPF_CORE_READ_BITFIELD_PROBED(bw_inet(sk), sk.sk_kern_sock))
        out->options = BW_SOCK_KERNEL;
    local.cid = bpf_htonl(local.cid);
    __builtin_memcpy(out->address, &local.cid, sizeof(local.cid));
    return true;
}

/*
 * Fills *out. `sk` holds address and port; `owner` is the socket that programs know (bw_owner_socket). False for
 * a socket without ports or of another family.
 */
static __noinline bool bw_read_socket(struct bw_socket *out, struct sock *sk, struct sock *owner)
{
    __u16 family = BPF_CORE_READ(bw_inet(owner), sk.__sk_common.skc_family);
    __u16 type = BPF_CORE_READ(bw_inet(owner), sk.sk_type);
    __u16 protocol = BPF_CORE_READ(bw_inet(owner), sk.sk_protocol);
    __u16 options = 0;
    bool freebind, transparent;

    if (family == BW_AF_VSOCK)
        return bw_read_vsock(out, owner);
    if ((family != BW_AF_INET && family != BW_AF_INET6) || !bw_has_ports(type, protocol))
        return false;
    __builtin_memset(out, 0, sizeof(*out));
    if (family == BW_AF_INET6) {
        bpf_core_read(out->address, sizeof(out->address), &bw_inet(sk)->sk.__sk_common.skc_v6_rcv_saddr);
        if (BPF_CORE_READ_BITFIELD_PROBED(bw_inet(owner), sk.__sk_common.skc_ipv6only))
            options |= BW_SOCK_V6ONLY;
    } else {
        bpf_core_read(out->address, sizeof(__be32), &bw_inet(sk)->sk.__sk_common.skc_rcv_saddr);
    }
    if (BPF_CORE_READ_BITFIELD_PROBED(bw_inet(owner), sk.__sk_common.skc_reuse))
        options |= BW_SOCK_REUSE_ADDR;
    if (BPF_CORE_READ_BITFIELD_PROBED(bw_inet(owner), sk.__sk_common.skc_reuseport))
        options |= BW_SOCK_REUSE_PORT;
    if (BPF_CORE_READ_BITFIELD_PROBED(bw_inet(owner), sk.sk_kern_sock))
        options |= BW_SOCK_KERNEL;
    bw_inet_options(sk, &freebind, &transparent);
    if (freebind)
        options |= BW_SOCK_FREEBIND;
    if (transparent)
        options |= BW_SOCK_TRANSPARENT;
    out->cookie = BPF_CORE_READ(bw_inet(owner), sk.__sk_common.skc_cookie.counter);
    if (!out->cookie && sk != owner) /* an MPTCP socket has none until somebody asks; its first sub-flow's is unique too */
        out->cookie = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_cookie.counter);
    out->netns = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_net.net, ns.inum);
    out->ifindex = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_bound_dev_if);
    out->port = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_num);
    out->protocol = protocol;
    out->family = family;
    out->type = type;
    out->options = options;
    return true;
}

/* Of a listening socket: an MPTCP socket's is its first sub-flow's. */
static __always_inline __u32 bw_read_backlog(struct sock *sk, struct sock *owner)
{
    struct mptcp_sock *mptcp = (void *)owner;

    if (sk == owner && BPF_CORE_READ(bw_inet(sk), sk.sk_protocol) == BW_IPPROTO_MPTCP &&
        bpf_core_field_exists(mptcp->first))
        sk = BPF_CORE_READ(mptcp, first);
    return BPF_CORE_READ(bw_inet(sk), sk.sk_max_ack_backlog);
}

/* The socket behind a descriptor of the current task. Only for a call that got past EBADF and ENOTSOCK. */
static __always_inline struct sock *bw_socket_of_fd(struct task_struct *task, int fd)
{
    struct fdtable *table = BPF_CORE_READ(task, files, fdt);
    struct file **files = BPF_CORE_READ(table, fd);
    struct file *file = NULL;
    struct socket *socket;

    if (fd < 0 || fd >= (int)BPF_CORE_READ(table, max_fds))
        return NULL;
    if (bpf_probe_read_kernel(&file, sizeof(file), files + fd) || !file)
        return NULL;
    socket = BPF_CORE_READ(file, private_data);
    /* Another thread may have put something else at this descriptor since. */
    if (!socket || BPF_CORE_READ(socket, file) != file)
        return NULL;
    return BPF_CORE_READ(socket, sk);
}
