/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The iterator over the descriptors of all processes, in all network namespaces: a row of each socket with a port, once, and
 * one of each descriptor that leads to it.
 *
 * The kernel runs a program again for the same object when its rows found no room in the reader's buffer. So nothing is
 * marked as told before its rows are written.
 */
#pragma once

#include "sockets.bpf.h"

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

static __always_inline void bw_mark(__u64 key, __u32 as)
{
    bpf_map_update_elem(&bw_seen, &key, &as, BPF_ANY);
}

/* For the object that includes this to say: writes bw_socket_row, or marks the socket as one that is not to be told. */
static __always_inline bool bw_write_socket(struct seq_file *seq, struct task_struct *task);

/*
 * bpf_sock_from_file is Linux 5.11's. It needs struct inode no more, which falls into the place of struct net where the
 * kernel keeps the types that it has looked up (bw_inet): so each would push the other out, and looking one up takes as long
 * as verifying a small program.
 */
static __always_inline struct sock *bw_socket_of_file(struct file *file)
{
#ifdef BW_OLD_KERNELS
    struct socket *socket;

    if (file->f_inode->i_sb->s_magic != BW_SOCKFS_MAGIC)
        return NULL;
    socket = file->private_data;
    return BPF_CORE_READ(socket, sk);
#else
    struct socket *socket = bpf_sock_from_file(file);

    return socket ? bw_plain(socket->sk) : NULL;
#endif
}

/* A process mostly has many descriptors, one after the other: what is the same in their rows is read once. */
static struct bw_hold_row bw_hold;
static __u64 bw_hold_task; /* 0: of nobody yet */
static __u64 bw_hold_started;

/* Where a task was can be another since, but not one that was started in the same nanosecond. */
static __always_inline void bw_turn_to(struct task_struct *task)
{
    if (bw_hold_task == (__u64)task && bw_hold_started == task->start_boottime)
        return;
    bw_hold_task = (__u64)task;
    bw_hold_started = task->start_boottime;
    bw_read_holding(&bw_hold, (void *)bw_plain(task));
}

SEC("iter/task_file")
int bw_dump_files(struct bpf_iter__task_file *ctx)
{
    struct seq_file *seq = ctx->meta->seq;
    struct task_struct *task = ctx->task;
    struct file *file = ctx->file;
    __u64 claim;
    __u32 *seen;

    if (!ctx->meta->seq_num)
        bw_hold_task = 0; /* since the last walk it can have changed its name */
    if (!task || !file)
        return 0;
    claim = (__u64)bw_socket_of_file(file);
    if (!claim)
        return 0;
    seen = bpf_map_lookup_elem(&bw_seen, &claim);
    if (seen && *seen == BW_UNTOLD)
        return 0;
    if (!seen && (!bw_read_row((struct sock *)claim) || !bw_write_socket(seq, (void *)bw_plain(task))))
        return 0;
    bw_turn_to(task);
    bw_hold.head.length = sizeof(bw_hold);
    bw_hold.head.kind = BW_ROW_HOLD;
    bw_hold.claim = claim;
    bw_hold.fd = ctx->fd;
    bw_hold.flags = file->f_cred == task->cred ? BW_HOLD_MADE : 0;
    if (!bpf_seq_write(seq, &bw_hold, sizeof(bw_hold)) && !seen)
        bw_mark(claim, BW_TOLD);
    return 0;
}
