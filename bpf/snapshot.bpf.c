// SPDX-License-Identifier: GPL-2.0-only
/*
 * What exists already: iterators that write rows (snapshot_abi.h) of every socket with a port. One goes over the
 * descriptors of all processes, in all network namespaces; the others over the sockets of the reader's network namespace,
 * for those to which no descriptor leads.
 *
 * The kernel runs a program again for the same object when its rows found no room in the reader's buffer. So nothing is
 * marked as told before its rows are written, and a note that was made here (BW_CLAIM_SEEDED) is known again.
 */
#include <bindwatch/snapshot_abi.h>

#include "filter.bpf.h"
#include "socket.bpf.h"

#define BW_SOCKFS_MAGIC 0x534f434b /* linux/magic.h */
#define BW_BINDPORT_LOCK 8         /* SOCK_BINDPORT_LOCK, net/sock.h */
#define BW_EEXIST 17               /* errno.h */

const volatile struct bw_snapshot_config bw_snapshot = {};

/* Not 0: only sockets with this port are looked for, and each is told for every descriptor. User space may change it. */
volatile __u32 bw_only_port;

/* Which sockets were told, or are not to be. */
#define BW_TOLD 1
#define BW_UNTOLD 2
#define BW_SUSPECT 3 /* no descriptor leads to it, or it is being closed and the plan has told its end already */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __uint(max_entries, BW_SNAPSHOT_SEEN);
    __type(key, __u64);
    __type(value, __u32);
} bw_seen SEC(".maps");

/* One reader at a time: too big for the stack. */
static struct bw_socket_row bw_socket_row;
static struct bw_claim bw_note;

static __always_inline void bw_mark(__u64 key, __u32 as)
{
    if (bw_only_port)
        return;
    bpf_map_update_elem(&bw_seen, &key, &as, BPF_ANY);
}

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

/* Fills bw_socket_row. False: it is no socket to tell of. */
static __noinline bool bw_read_row(struct sock *owner)
{
    struct bw_socket_row *row = &bw_socket_row;
    struct sock *sk = bw_with_port(owner);
    struct socket *socket = BPF_CORE_READ(bw_inet(owner), sk.sk_socket);

    __builtin_memset(row, 0, sizeof(*row));
    if (!bw_read_socket(&row->socket, sk, owner))
        return false;
    row->head.length = sizeof(*row);
    row->head.kind = BW_ROW_SOCKET;
    row->claim = (__u64)owner;
    row->state = BPF_CORE_READ(bw_inet(owner), sk.__sk_common.skc_state);
    if (BPF_CORE_READ_BITFIELD_PROBED(bw_inet(sk), sk.sk_userlocks) & BW_BINDPORT_LOCK)
        row->flags |= BW_ROW_ASKED;
    if (socket && BPF_CORE_READ(socket, file))
        row->flags |= BW_ROW_HAS_FILE;
    if (row->state == BW_TCP_LISTEN)
        row->socket.backlog = BPF_CORE_READ(bw_inet(sk), sk.sk_max_ack_backlog);
    if (row->socket.family != BW_AF_VSOCK)
        bw_read_peer(row, sk);
    return bw_wants_row(row);
}

/* Ends of these are seen by every plan (docs/SUPPORT.md), so that a note of one goes away again. */
static __always_inline bool bw_sees_end(const struct bw_socket *socket)
{
    return socket->family != BW_AF_VSOCK && !(socket->options & BW_SOCK_KERNEL);
}

/*
 * Takes note of the socket that bw_socket_row tells of for a plan at work. False: the plan has seen it claim its port, and
 * tells of it itself. `task` holds it; NULL: none does.
 */
static __noinline bool bw_take_note(struct task_struct *task)
{
    struct bw_socket_row *row = &bw_socket_row;
    __u64 key = row->claim;
    struct bw_claim *claim = bpf_map_lookup_elem(&bw_claims, &key);
    struct bw_claim *note = &bw_note;
    struct task_struct *leader;
    int error; /* before Linux 6.3 the upper half is not the sign's */

    if (claim)
        return claim->holder.state & BW_CLAIM_SEEDED;
    if (!bw_sees_end(&row->socket))
        return true;
    __builtin_memset(note, 0, sizeof(*note));
    note->socket = row->socket;
    note->holder.state = BW_CLAIM_SEEDED | BW_CLAIM_SENT;
    if (row->state == BW_TCP_LISTEN)
        note->holder.state |= BW_CLAIM_LISTENING;
    if (task) {
        leader = BPF_CORE_READ(task, group_leader);
        note->holder.start_time = BPF_CORE_READ(leader, start_boottime);
        note->holder.pid = BPF_CORE_READ(task, tgid);
        bpf_core_read(note->holder.comm, BW_COMM_LEN, &leader->comm);
    }
    /* Which of the processes that share it a filter means is for user space to decide. */
    if (bw_config.want_success)
        note->holder.state |= BW_CLAIM_WANTED;
    error = bpf_map_update_elem(&bw_claims, &key, note, BPF_NOEXIST);
    if (error == -BW_EEXIST)
        return false;
    if (error)
        row->flags |= BW_ROW_NOT_KEPT;
    return true;
}

static __always_inline bool bw_write_socket(struct seq_file *seq, struct task_struct *task)
{
    if (bw_snapshot.seed && !bw_take_note(task)) {
        bw_mark(bw_socket_row.claim, BW_UNTOLD);
        return false;
    }
    return !bpf_seq_write(seq, &bw_socket_row, sizeof(bw_socket_row));
}

static __always_inline void bw_read_holding(struct bw_hold_row *hold, struct task_struct *task)
{
    struct task_struct *leader = BPF_CORE_READ(task, group_leader);

    hold->start_time = BPF_CORE_READ(leader, start_boottime);
    hold->pid = BPF_CORE_READ(task, tgid);
    hold->uid = BPF_CORE_READ(task, cred, euid.val);
    bpf_core_read(hold->comm, sizeof(hold->comm), &leader->comm);
}

static __always_inline bool bw_has_port(struct sock *sk)
{
    return !bw_only_port || BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_num) == bw_only_port;
}

SEC("iter/task_file")
int bw_dump_files(struct bpf_iter__task_file *ctx)
{
    struct seq_file *seq = ctx->meta->seq;
    struct task_struct *task = ctx->task;
    struct file *file = ctx->file;
    struct bw_hold_row hold = {.head = {sizeof(hold), BW_ROW_HOLD}};
    struct socket *socket;
    __u32 *seen;

    if (!task || !file || file->f_inode->i_sb->s_magic != BW_SOCKFS_MAGIC)
        return 0;
    socket = file->private_data;
    hold.claim = (__u64)BPF_CORE_READ(socket, sk);
    if (!hold.claim || !bw_has_port((void *)hold.claim))
        return 0;
    seen = bpf_map_lookup_elem(&bw_seen, &hold.claim);
    if (seen && *seen == BW_UNTOLD)
        return 0;
    if (!seen && (!bw_read_row((struct sock *)hold.claim) || !bw_write_socket(seq, (void *)bw_plain(task))))
        return 0;
    hold.fd = ctx->fd;
    bw_read_holding(&hold, (void *)bw_plain(task));
    if (!bpf_seq_write(seq, &hold, sizeof(hold)) && !seen)
        bw_mark(hold.claim, BW_TOLD);
    return 0;
}

/* Fills bw_socket_row from what such a one has: the head that it shares with a socket. */
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

static __always_inline int bw_dump_socket(struct seq_file *seq, struct sock *sk)
{
    __u32 state = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_state);
    __u64 key = (__u64)sk;
    __u32 *seen;

    if (!bw_has_port(sk))
        return 0;
    if (state == BW_TCP_TIME_WAIT || state == BW_TCP_NEW_SYN_RECV) {
        if (bw_read_mini(sk, state))
            bpf_seq_write(seq, &bw_socket_row, sizeof(bw_socket_row));
        return 0;
    }
    key = (__u64)bw_owner_socket(sk);
    seen = bpf_map_lookup_elem(&bw_seen, &key);
    if ((seen && *seen != BW_SUSPECT) || !bw_read_row((struct sock *)key))
        return 0;
    /* What is being closed is gone when the reader comes again. */
    if (bw_snapshot.seed && !seen)
        bw_mark(key, BW_SUSPECT);
    else
        bw_write_socket(seq, NULL);
    return 0;
}

SEC("iter/tcp")
int bw_dump_tcp(struct bpf_iter__tcp *ctx)
{
    struct sock_common *sk = ctx->sk_common;

    return sk ? bw_dump_socket(ctx->meta->seq, bw_plain(sk)) : 0;
}

SEC("iter/udp")
int bw_dump_udp(struct bpf_iter__udp *ctx)
{
    struct udp_sock *sk = ctx->udp_sk;

    return sk ? bw_dump_socket(ctx->meta->seq, bw_plain(sk)) : 0;
}

char LICENSE[] SEC("license") = "GPL";
