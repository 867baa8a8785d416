/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The iterators over the sockets of the reader's network namespace, which find those too that no descriptor leads to. An
 * object that wants only one says so: BW_ONLY_TCP, BW_ONLY_UDP.
 */
#pragma once

#include "sockets.bpf.h"

/* For the object that includes this to say: tells of one of them. */
static __always_inline int bw_dump_socket(struct seq_file *seq, struct sock *sk);

#ifndef BW_ONLY_UDP
SEC("iter/tcp")
int bw_dump_tcp(struct bpf_iter__tcp *ctx)
{
    struct sock_common *sk = ctx->sk_common;

    return sk ? bw_dump_socket(ctx->meta->seq, bw_plain(sk)) : 0;
}
#endif

#ifndef BW_ONLY_TCP
SEC("iter/udp")
int bw_dump_udp(struct bpf_iter__udp *ctx)
{
    struct udp_sock *sk = ctx->udp_sk;

    return sk ? bw_dump_socket(ctx->meta->seq, bw_plain(sk)) : 0;
}
#endif
