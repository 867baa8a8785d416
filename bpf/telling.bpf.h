/* SPDX-License-Identifier: GPL-2.0-only */
/* A record is begun, gets its holder and the facts of its process, and goes into the ring. */
#pragma once

#include "filter_task.bpf.h"
#include "process.bpf.h"

static __always_inline bool bw_send(struct bw_scratch *scratch, __u32 bytes)
{
    struct bw_record *record = &scratch->record;

    record->length = bytes;
    record->version = BW_ABI_VERSION;
    record->lost = bw_lost();
    record->pad = 0;
    bw_opaque(bytes);
    if (bytes > BW_RECORD_MAX)
        bytes = BW_RECORD_MAX;
    if (bpf_ringbuf_output(&bw_ring, record, bytes, 0)) {
        bw_count_lost(record->event);
        return false;
    }
    return true;
}

static __always_inline void bw_begin(struct bw_record *record, __u64 key, __u8 event, __u8 flags, __u32 error, __u64 now)
{
    record->time = now;
    record->claim = key;
    record->event = event;
    record->flags = flags;
    record->error = error;
}

/* The current task's facts go along, unless the socket is the kernel's own. */
static __always_inline bool bw_send_with_process(struct bw_scratch *scratch, __u32 slot)
{
    if (scratch->record.socket.options & BW_SOCK_KERNEL)
        return bw_send(scratch, sizeof(scratch->record));
    scratch->record.flags |= BW_HAS_PROCESS;
    return bw_send(scratch, bw_append_process(slot));
}

/* The holder is the current task. */
static __always_inline void bw_become_holder(struct bw_scratch *scratch, struct task_struct *task, __u64 since, __u32 state)
{
    struct bw_record *record = &scratch->record;

    bw_read_acting(scratch, task, since);
    if (record->socket.options & BW_SOCK_KERNEL)
        bw_no_holder(&record->holder);
    record->holder.state = state;
    if (bw_config.want_success && bw_wants_socket(&record->socket, true) &&
        bw_wants_task(task, record->holder.pid, record->holder.comm))
        record->holder.state |= BW_CLAIM_WANTED;
}
