/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For objects that are loaded when a network namespace has a socket that no process has. One for each transport, since
 * loading takes longer than all the rest and mostly it is one that there is such a socket of.
 */
#pragma once

#include "namespace.bpf.h"

static __always_inline int bw_dump_socket(struct seq_file *seq, struct sock *sk)
{
    return bw_tell_socket(seq, sk);
}

char LICENSE[] SEC("license") = "GPL";
