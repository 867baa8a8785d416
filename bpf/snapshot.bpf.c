// SPDX-License-Identifier: GPL-2.0-only
/*
 * What exists already, for a plan at work that takes note of it (and, on kernels without light skeletons, for those who only
 * ask): rows (snapshot_abi.h) of every socket with a port, from the descriptors of all processes, then of those sockets of
 * the reader's network namespace to which no descriptor leads.
 *
 * A note that was made here (BW_CLAIM_SEEDED) is known again when the kernel runs a program a second time for the same
 * object (descriptors.bpf.h).
 */
#include "descriptors.bpf.h"
#include "namespace.bpf.h"

#define BW_EEXIST 17 /* errno.h */

/* Too big for the stack. */
static struct bw_claim bw_note;

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

char LICENSE[] SEC("license") = "GPL";
