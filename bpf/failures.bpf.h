/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told of a bind or listen that failed: no claim comes of it. */
#pragma once

#include "claims.bpf.h"

#define BW_EAFNOSUPPORT 97

struct bw_failure {
    __u32 error;
    __u32 event;
    __u32 port; /* asked for, with BW_ASKED */
    __u32 flags;
    __u8 address[16];
};

/* bind(2) or listen(2) failed. With BW_ASKED, address and port are the kernel's copy of what was asked for. */
static __noinline int bw_failed(struct sock *sk, struct bw_failure *failure)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    struct bw_scratch *scratch;
    struct bw_record *record;
    struct bw_claim *claim;
    __u64 key = (__u64)sk;
    int slot;

    if (!bw_config.want_failure || !bw_wants_event(failure->event))
        return 0;
    slot = bw_scratch_take();
    scratch = bw_scratch_at(slot);
    if (slot < 0 || !scratch) {
        bw_count_lost(failure->event);
        return 0;
    }
    record = &scratch->record;
    if (!bw_read_socket(&record->socket, sk, sk))
        goto out;
    claim = bw_sees_end(&record->socket) ? bw_find_claim(&record->socket, key) : NULL;
    if (claim && !record->socket.cookie) /* an MPTCP socket's first sub-flow's */
        record->socket.cookie = claim->socket.cookie;
    if (failure->error == BW_EAFNOSUPPORT)
        failure->flags = 0; /* what was asked for is no address of this family, and has no port */
    bw_begin(record, key, failure->event, failure->flags, failure->error, bpf_ktime_get_boot_ns());
    if (failure->flags & BW_ASKED) {
        record->socket.port = failure->port;
        record->socket.requested_port = failure->port;
        __builtin_memcpy(record->socket.address, failure->address, sizeof(record->socket.address));
        record->flags |= BW_ADDRESS_KNOWN;
    } else if (failure->event == BW_EVENT_LISTEN && record->socket.port) {
        record->flags |= BW_ADDRESS_KNOWN;
    }
    bw_read_acting(scratch, task, 0);
    if (!bw_wants_socket(&record->socket, record->flags & BW_ADDRESS_KNOWN) ||
        !bw_wants_task(task, record->holder.pid, record->holder.comm))
        goto out;
    bw_send_with_process(scratch, slot);
out:
    bw_scratch_give(scratch);
    return 0;
}
