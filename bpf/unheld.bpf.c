// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of the sockets of a network namespace, those that no process has among them. An object of its own: mostly there are
 * none, and then it is not loaded.
 */
#include "namespace.bpf.h"

static __always_inline int bw_dump_socket(struct seq_file *seq, struct sock *sk)
{
    return bw_tell_socket(seq, sk);
}

char LICENSE[] SEC("license") = "GPL";
