/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows (snapshot_abi.h) of sockets that exist: what the iterators over them share. */
#pragma once

#include <bindwatch/snapshot_abi.h>

#include "filter.bpf.h"
#include "port_range.bpf.h"
#include "socket.bpf.h"

#define BW_SOCKFS_MAGIC 0x534f434b /* linux/magic.h */
#define BW_BINDPORT_LOCK 8         /* SOCK_BINDPORT_LOCK, net/sock.h */

const volatile struct bw_snapshot_config bw_snapshot = {};

/* One reader at a time: too big for the stack. */
static struct bw_socket_row bw_socket_row;

/* A port that the kernel chose for a connection is not claimed, and neither is what a listener accepts. */
static __always_inline bool bw_is_claim(const struct bw_socket_row *row)
{
    return row->state == BW_TCP_LISTEN || row->state == BW_TCP_CLOSE || row->flags & BW_ROW_ASKED;
}

static __always_inline bool bw_wants_row(const struct bw_socket_row *row)
{
    return row->socket.port && (bw_snapshot.connections || bw_is_claim(row)) && bw_wants_socket(&row->socket, true);
}

static __always_inline void bw_read_peer(struct bw_socket_row *row, struct sock *sk)
{
    row->peer_port = bpf_ntohs(BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_dport));
    if (!row->peer_port)
        return;
    if (row->socket.family == BW_AF_INET6)
        bpf_core_read(row->peer, sizeof(row->peer), &bw_inet(sk)->sk.__sk_common.skc_v6_daddr);
    else
        bpf_core_read(row->peer, sizeof(__be32), &bw_inet(sk)->sk.__sk_common.skc_daddr);
}

/* An MPTCP socket's port and address are its first sub-flow's. */
static __always_inline struct sock *bw_with_port(struct sock *sk)
{
    struct mptcp_sock *mptcp = (void *)sk;
    struct sock *first = NULL;

    if (BPF_CORE_READ(bw_inet(sk), sk.sk_protocol) == BW_IPPROTO_MPTCP && bpf_core_field_exists(mptcp->first))
        first = BPF_CORE_READ(mptcp, first);
    return first ? first : sk;
}

/* Mostly a descriptor leads to a socket that is not to be told, and that shows before all the rest is read. */
static __always_inline bool bw_may_want(struct sock *owner, struct sock *sk)
{
    __u16 family = BPF_CORE_READ(bw_inet(owner), sk.__sk_common.skc_family);
    __u16 port;

    if (family == BW_AF_VSOCK)
        return true;
    if (family != BW_AF_INET && family != BW_AF_INET6)
        return false;
    port = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_num);
    return port && bw_wants_port(port);
}

/* Fills bw_socket_row. False: it is no socket to tell of. */
static __noinline bool bw_read_row(struct sock *owner)
{
    struct bw_socket_row *row = &bw_socket_row;
    struct sock *sk = bw_with_port(owner);
    struct socket *socket;
    struct file *file;

    if (!bw_may_want(owner, sk))
        return false;
    socket = BPF_CORE_READ(bw_inet(owner), sk.sk_socket);
    file = socket ? BPF_CORE_READ(socket, file) : NULL;
    __builtin_memset(row, 0, sizeof(*row));
    if (!bw_read_socket(&row->socket, sk, owner))
        return false;
    row->head.length = sizeof(*row);
    row->head.kind = BW_ROW_SOCKET;
    row->claim = (__u64)owner;
    row->state = BPF_CORE_READ(bw_inet(owner), sk.__sk_common.skc_state);
    if (BPF_CORE_READ_BITFIELD_PROBED(bw_inet(sk), sk.sk_userlocks) & BW_BINDPORT_LOCK)
        row->flags |= BW_ROW_ASKED;
    if (bw_config.mark_ephemeral)
        bw_mark_ephemeral(&row->socket, sk);
    if (file) {
        row->flags |= BW_ROW_HAS_FILE;
        row->maker = BPF_CORE_READ(file, f_cred, fsuid.val);
    }
    if (row->state == BW_TCP_LISTEN)
        row->socket.backlog = BPF_CORE_READ(bw_inet(sk), sk.sk_max_ack_backlog);
    if (row->socket.family != BW_AF_VSOCK)
        bw_read_peer(row, sk);
    return bw_wants_row(row);
}

/* Likewise of a connection that has no whole socket, from the head that it shares with one. */
static __noinline bool bw_read_mini(struct sock *sk, __u32 state)
{
    struct bw_socket_row *row = &bw_socket_row;
    struct bw_socket *socket = &row->socket;

    __builtin_memset(row, 0, sizeof(*row));
    row->head.length = sizeof(*row);
    row->head.kind = BW_ROW_SOCKET;
    row->claim = (__u64)sk;
    row->state = state;
    row->flags = BW_ROW_MINI;
    socket->protocol = BW_IPPROTO_TCP;
    socket->type = 1; /* SOCK_STREAM */
    socket->family = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_family);
    socket->port = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_num);
    socket->netns = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_net.net, ns.inum);
    socket->cookie = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_cookie.counter);
    if (BPF_CORE_READ_BITFIELD_PROBED(bw_inet(sk), sk.__sk_common.skc_reuse))
        socket->options = BW_SOCK_REUSE_ADDR;
    if (socket->family == BW_AF_INET6)
        bpf_core_read(socket->address, sizeof(socket->address), &bw_inet(sk)->sk.__sk_common.skc_v6_rcv_saddr);
    else
        bpf_core_read(socket->address, sizeof(__be32), &bw_inet(sk)->sk.__sk_common.skc_rcv_saddr);
    bw_read_peer(row, sk);
    return bw_wants_row(row);
}

static __always_inline void bw_read_holding(struct bw_hold_row *hold, struct task_struct *task)
{
    struct task_struct *leader = BPF_CORE_READ(task, group_leader);

    hold->start_time = BPF_CORE_READ(leader, start_boottime);
    hold->pid = BPF_CORE_READ(task, tgid);
    hold->uid = BPF_CORE_READ(task, cred, euid.val);
    bpf_core_read(hold->comm, sizeof(hold->comm), &leader->comm);
}

/* A connection that has no whole socket: it shares the head of one. */
static __always_inline bool bw_is_mini(__u32 state)
{
    return state == BW_TCP_TIME_WAIT || state == BW_TCP_NEW_SYN_RECV;
}

/* Of one that an iterator over a network namespace is at. */
static __always_inline int bw_tell_socket(struct seq_file *seq, struct sock *sk)
{
    __u32 state = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_state);

    if (bw_is_mini(state) ? bw_read_mini(sk, state) : bw_read_row(bw_owner_socket(sk)))
        bpf_seq_write(seq, &bw_socket_row, sizeof(bw_socket_row));
    return 0;
}
