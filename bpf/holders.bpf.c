// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has a port: rows of the sockets that have it, once for each descriptor that leads to one, and of those in the reader's
 * network namespace. The tables of descriptors are walked without a reference to any file: with one, a socket that is closed
 * at that moment would free its port late, and the program that closed it be refused the port. What is read may be of a
 * socket that is just going away, which is harmless here.
 */
#include "namespace.bpf.h"

#define BW_MOST_ROWS 64 /* of one process: what does not fit the reader's buffer is refused as a whole */

/* The port that is looked for. User space sets it before each look. */
volatile __u32 bw_only_port;

static __always_inline bool bw_has_port(struct sock *sk)
{
    return BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_num) == bw_only_port;
}

struct bw_walk {
    struct seq_file *seq;
    struct task_struct *task;
    struct file **files;
};
/* Written for the process that the walk is at; here, so that the verifier need not count along. */
static __u32 bw_rows;

static long bw_walk_step(__u64 fd, struct bw_walk *walk)
{
    struct bw_hold_row hold = {.head = {sizeof(hold), BW_ROW_HOLD}, .fd = fd};
    struct file *file = NULL;
    struct socket *socket;
    struct sock *sk;

    if (bpf_probe_read_kernel(&file, sizeof(file), walk->files + fd) || !file ||
        BPF_CORE_READ(file, f_inode, i_sb, s_magic) != BW_SOCKFS_MAGIC)
        return 0;
    socket = BPF_CORE_READ(file, private_data);
    sk = BPF_CORE_READ(socket, sk);
    if (!sk || BPF_CORE_READ(socket, file) != file || !bw_has_port(sk) || !bw_read_row(sk))
        return 0;
    hold.claim = (__u64)sk;
    bw_read_holding(&hold, walk->task);
    bpf_seq_write(walk->seq, &bw_socket_row, sizeof(bw_socket_row));
    bpf_seq_write(walk->seq, &hold, sizeof(hold));
    return ++bw_rows >= BW_MOST_ROWS;
}

SEC("iter/task")
int bw_dump_tasks(struct bpf_iter__task *ctx)
{
    struct bw_walk walk = {.seq = ctx->meta->seq};
    struct files_struct *files;
    struct task_struct *task;

    if (!ctx->task)
        return 0;
    task = (void *)bw_plain(ctx->task);
    files = BPF_CORE_READ(task, files);
    /* Threads mostly share their leader's. */
    if (!files ||
        (BPF_CORE_READ(task, group_leader) != task && BPF_CORE_READ(task, group_leader, files) == files))
        return 0;
    walk.task = task;
    bw_rows = 0;
    walk.files = BPF_CORE_READ(files, fdt, fd);
    bpf_loop(BPF_CORE_READ(files, fdt, max_fds), bw_walk_step, &walk, 0);
    return 0;
}

static __always_inline int bw_dump_socket(struct seq_file *seq, struct sock *sk)
{
    return bw_has_port(sk) ? bw_tell_socket(seq, sk) : 0;
}

char LICENSE[] SEC("license") = "GPL";
