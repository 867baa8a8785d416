/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state machine that every plan's hooks feed, and the only place that writes records. A hook may be called twice
 * for one thing, or two hooks see the same thing: a bind is reported when the stored port differs, a listen when the
 * flag changes, a release by whoever's delete succeeds. So each is reported once.
 */
#pragma once

#include "filter.bpf.h"
#include "process.bpf.h"
#include "socket.bpf.h"

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
        bw_count_lost();
        return false;
    }
    return true;
}

static __always_inline void bw_begin(struct bw_record *record, __u8 event, __u8 flags, __u32 error, __u64 now)
{
    record->time = now;
    record->event = event;
    record->flags = flags;
    record->error = error;
}

static __always_inline bool bw_send_with_process(struct bw_scratch *scratch)
{
    scratch->record.flags |= BW_HAS_PROCESS;
    return bw_send(scratch, bw_append_process(scratch));
}

/* Reports the end of a claim that the caller has just deleted, from what was noted at its bind. */
static __always_inline void bw_send_release(struct bw_scratch *scratch, __u64 now)
{
    struct bw_record *record = &scratch->record;

    if (!(record->holder.state & BW_CLAIM_WANTED) || !bw_wants_event(BW_EVENT_RELEASE))
        return;
    bw_begin(record, BW_EVENT_RELEASE, BW_ADDRESS_KNOWN, 0, now);
    bw_send(scratch, sizeof(*record));
}

/* The socket is gone or has given its port up. Safe in any context: nothing is read from the socket or current. */
__noinline int bw_release(__u64 key)
{
    struct bw_claim *claim = bpf_map_lookup_elem(&bw_claims, &key);
    struct bw_scratch *scratch;

    if (!claim)
        return 0;
    scratch = bw_scratch_take();
    if (!scratch) {
        if (!bpf_map_delete_elem(&bw_claims, &key))
            bw_count_lost();
        return 0;
    }
    scratch->record.socket = claim->socket;
    scratch->record.holder = claim->holder;
    if (!bpf_map_delete_elem(&bw_claims, &key))
        bw_send_release(scratch, bpf_ktime_get_boot_ns());
    bw_scratch_give(scratch);
    return 0;
}

struct bw_asked {
    __u32 port;
    __u32 flags; /* BW_ASKED, BW_IMPLICIT */
};

/* scratch->record.socket is filled. Notes the claim and reports its bind. */
static __noinline void bw_claim_socket(struct bw_scratch *scratch, __u64 key, struct task_struct *task,
                                       struct bw_asked *asked)
{
    struct bw_record *record = &scratch->record;
    __u64 now = bpf_ktime_get_boot_ns();
    struct bw_claim *claim;

    record->socket.requested_port = asked->port;
    bw_read_holder(&record->holder, task, now);
    if (record->socket.options & BW_SOCK_KERNEL)
        bw_no_holder(&record->holder);
    if (bw_config.want_success && bw_wants_socket(&record->socket, true) &&
        bw_wants_task(task, record->holder.pid, record->holder.comm))
        record->holder.state |= BW_CLAIM_WANTED;
    if (bw_wants_event(BW_EVENT_BIND) && record->holder.state & BW_CLAIM_WANTED)
        record->holder.state |= BW_CLAIM_SENT;
    /* Before the record: once user space shows the bind, another CPU's release must find it. */
    if (bpf_map_update_elem(&bw_claims, &key, &record->socket, BPF_ANY))
        bw_count_lost();
    if (!(record->holder.state & BW_CLAIM_SENT))
        return;
    bw_begin(record, BW_EVENT_BIND, BW_ADDRESS_KNOWN | asked->flags, 0, now);
    if (record->holder.pid ? bw_send_with_process(scratch) : bw_send(scratch, sizeof(*record)))
        return;
    claim = bpf_map_lookup_elem(&bw_claims, &key);
    if (claim)
        claim->holder.state &= ~BW_CLAIM_SENT;
}

/* A bind succeeded: `sk` holds address and port. */
static __noinline int bw_bound(struct sock *sk, struct bw_asked *asked)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    struct sock *owner = bw_owner_socket(sk);
    __u64 key = (__u64)owner;
    struct bw_claim *claim;
    struct bw_scratch *scratch = bw_scratch_take();

    if (!scratch) {
        bw_count_lost();
        return 0;
    }
    if (!bw_read_socket(&scratch->record.socket, sk, owner) || !scratch->record.socket.port)
        goto out;
    claim = bpf_map_lookup_elem(&bw_claims, &key);
    if (claim && claim->socket.port == scratch->record.socket.port &&
        claim->socket.cookie == scratch->record.socket.cookie)
        goto out;
    /* An older claim ended where no hook sees it: the port was given up, or the socket's memory is another's. */
    if (claim)
        bw_release(key);
    bw_claim_socket(scratch, key, task, asked);
out:
    bw_scratch_give(scratch);
    return 0;
}

/* The socket entered LISTEN. Without a claim, listen(2) made the kernel choose the port. */
static __noinline int bw_listening(struct sock *sk)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    struct sock *owner = bw_owner_socket(sk);
    __u64 key = (__u64)owner;
    struct bw_claim *claim;
    struct bw_record *record;
    struct bw_scratch *scratch = bw_scratch_take();
    __u64 start_time;

    if (!scratch) {
        bw_count_lost();
        return 0;
    }
    record = &scratch->record;
    if (!bw_read_socket(&record->socket, sk, owner) || !record->socket.port)
        goto out;
    record->socket.backlog = BPF_CORE_READ(bw_inet(owner), sk.sk_max_ack_backlog);
    claim = bpf_map_lookup_elem(&bw_claims, &key);
    if (!claim || claim->socket.port != record->socket.port) {
        struct bw_asked asked = {.flags = BW_IMPLICIT};
        __u32 backlog = record->socket.backlog;

        record->socket.backlog = 0;
        bw_claim_socket(scratch, key, task, &asked);
        record->socket.backlog = backlog;
        claim = bpf_map_lookup_elem(&bw_claims, &key);
        if (!claim)
            goto out;
    }
    if (claim->holder.state & BW_CLAIM_LISTENING)
        goto out;
    claim->holder.state |= BW_CLAIM_LISTENING;
    claim->socket.backlog = record->socket.backlog;
    if (!bw_wants_event(BW_EVENT_LISTEN) || !bw_config.want_success)
        goto out;
    bw_read_holder(&record->holder, task, 0);
    if (!bw_wants_socket(&record->socket, true) ||
        !bw_wants_task(task, record->holder.pid, record->holder.comm))
        goto out;
    bw_begin(record, BW_EVENT_LISTEN, BW_ADDRESS_KNOWN, 0, bpf_ktime_get_boot_ns());
    start_time = record->holder.start_time;
    /* User space knows the binder already; anyone else it has to be told about. */
    if (claim->holder.state & BW_CLAIM_SENT && claim->holder.pid == record->holder.pid &&
        claim->holder.start_time == start_time) {
        record->holder = claim->holder;
        bw_send(scratch, sizeof(*record));
    } else {
        record->holder = claim->holder;
        bw_send_with_process(scratch);
    }
out:
    bw_scratch_give(scratch);
    return 0;
}

/* A listener left LISTEN: it keeps a port that the program asked for, and gives up one that the kernel chose. */
static __noinline int bw_unlistening(struct sock *sk)
{
    __u64 key = (__u64)bw_owner_socket(sk);
    struct bw_claim *claim = bpf_map_lookup_elem(&bw_claims, &key);

    if (!claim)
        return 0;
    claim->holder.state &= ~BW_CLAIM_LISTENING;
    if (!BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_num))
        bw_release(key);
    return 0;
}

struct bw_failure {
    __u64 cookie; /* 0: take the socket's */
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
    struct bw_record *record;
    struct bw_scratch *scratch;

    if (!bw_config.want_failure || !bw_wants_event(failure->event))
        return 0;
    scratch = bw_scratch_take();
    if (!scratch) {
        bw_count_lost();
        return 0;
    }
    record = &scratch->record;
    if (!bw_read_socket(&record->socket, sk, sk))
        goto out;
    if (failure->cookie)
        record->socket.cookie = failure->cookie;
    bw_begin(record, failure->event, failure->flags, failure->error, bpf_ktime_get_boot_ns());
    if (failure->flags & BW_ASKED) {
        record->socket.port = failure->port;
        record->socket.requested_port = failure->port;
        __builtin_memcpy(record->socket.address, failure->address, sizeof(record->socket.address));
        record->flags |= BW_ADDRESS_KNOWN;
    } else if (failure->event == BW_EVENT_LISTEN && record->socket.port) {
        record->flags |= BW_ADDRESS_KNOWN;
    }
    bw_read_holder(&record->holder, task, 0);
    if (!bw_wants_socket(&record->socket, record->flags & BW_ADDRESS_KNOWN) ||
        !bw_wants_task(task, record->holder.pid, record->holder.comm))
        goto out;
    bw_send_with_process(scratch);
out:
    bw_scratch_give(scratch);
    return 0;
}
