// SPDX-License-Identifier: GPL-2.0-only
/*
 * What exists already: iterators that write rows (snapshot_abi.h) of every socket with a port. One goes over the
 * descriptors of all processes, in all network namespaces; the others over the sockets of the reader's network namespace,
 * for those to which no descriptor leads.
 *
 * The kernel runs a program again for the same object when its rows found no room in the reader's buffer. So nothing is
 * marked as told before its rows are written, and a note that was made here (BW_CLAIM_SEEDED) is known again.
 */
#include "sockets.bpf.h"

#define BW_EEXIST 17 /* errno.h */

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

/* Too big for the stack. */
static struct bw_claim bw_note;

static __always_inline void bw_mark(__u64 key, __u32 as)
{
    bpf_map_update_elem(&bw_seen, &key, &as, BPF_ANY);
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
    if (!hold.claim)
        return 0;
    seen = bpf_map_lookup_elem(&bw_seen, &hold.claim);
    if (seen && *seen == BW_UNTOLD)
        return 0;
    if (!seen && (!bw_read_row((struct sock *)hold.claim) || !bw_write_socket(seq, (void *)bw_plain(task))))
        return 0;
    hold.fd = ctx->fd;
    hold.flags = file->f_cred == task->cred ? BW_HOLD_MADE : 0;
    bw_read_holding(&hold, (void *)bw_plain(task));
    if (!bpf_seq_write(seq, &hold, sizeof(hold)) && !seen)
        bw_mark(hold.claim, BW_TOLD);
    return 0;
}

static __always_inline int bw_dump_socket(struct seq_file *seq, struct sock *sk)
{
    __u32 state = BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_state);
    __u64 key = (__u64)sk;
    __u32 *seen;

    if (bw_is_mini(state)) {
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
