/* SPDX-License-Identifier: GPL-2.0-only */
/* The ports from which the kernel serves outgoing connections: net.ipv4.ip_local_port_range of a network namespace. */
#pragma once

#include "compat.bpf.h"

#include <bindwatch/event_abi.h>

/* 6.8: local_ports.range became one number, high << 16 | low (commit d9f28735af87). */
struct net___before_6_8 {
    struct {
        struct {
            int range[2];
        } ip_local_ports;
    } ipv4;
} __attribute__((preserve_access_index));

static __always_inline bool bw_in_port_range(struct net *net, __u32 port)
{
    struct net___before_6_8 *before = (void *)net;
    __u32 low, high;

    if (bpf_core_field_exists(net->ipv4.ip_local_ports.range)) {
        high = BPF_CORE_READ(net, ipv4.ip_local_ports.range);
        low = high & 0xffff;
        high >>= 16;
    } else {
        low = BPF_CORE_READ(before, ipv4.ip_local_ports.range[0]);
        high = BPF_CORE_READ(before, ipv4.ip_local_ports.range[1]);
    }
    return port >= low && port <= high;
}

/* net.ipv4.ip_local_reserved_ports, a bit for each port. */
static __always_inline bool bw_is_reserved(struct net *net, __u32 port)
{
    unsigned long *ports = BPF_CORE_READ(net, ipv4.sysctl_local_reserved_ports);
    __u64 word = 0;

    return ports && !bpf_probe_read_kernel(&word, sizeof(word), ports + port / 64) && word >> port % 64 & 1;
}

/* Marks a socket (the kernel's is `sk`) whose port the kernel may give to a connection as soon as it is free. */
static __always_inline void bw_mark_ephemeral(struct bw_socket *socket, struct sock *sk)
{
    struct net *net;

    if (socket->family == BW_AF_VSOCK)
        return;
    net = BPF_CORE_READ((struct inet_sock *)sk, sk.__sk_common.skc_net.net);
    if (bw_in_port_range(net, socket->port) && !bw_is_reserved(net, socket->port))
        socket->options |= BW_SOCK_EPHEMERAL;
}
