/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state machine that every plan's hooks feed, and the only place that writes records. A hook may be called twice
 * for one thing, or two hooks see the same thing: a bind is reported when the stored port differs, a listen when the
 * flag changes, a release by whoever's delete succeeds. So each is reported once.
 */
#pragma once

#include "filter_task.bpf.h"
#include "port_range.bpf.h"
#include "process.bpf.h"
#include "socket.bpf.h"

/*
 * A plan that does not see every socket's end defines BW_ENDLESS, the map of the claims that nothing will ever take
 * away, and bw_sees_end. The oldest of them make room for new ones.
 */
#ifdef BW_ENDLESS
static __always_inline bool bw_sees_end(const struct bw_socket *socket);
#else
static __always_inline bool bw_sees_end(const struct bw_socket *socket)
{
    (void)socket;
    return true;
}
#endif

#ifndef BW_ENDLESS
#define BW_ENDLESS bw_claims
#endif

static __always_inline struct bw_claim *bw_find_claim(const struct bw_socket *socket, __u64 key)
{
    return bw_sees_end(socket) ? bpf_map_lookup_elem(&bw_claims, &key) : bpf_map_lookup_elem(&BW_ENDLESS, &key);
}

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

/* Reports the end of a claim that the caller has just deleted, from what was noted of it. */
static __always_inline void bw_send_release(struct bw_scratch *scratch, __u64 key, __u64 now)
{
    struct bw_record *record = &scratch->record;

    if (!(record->holder.state & BW_CLAIM_WANTED) || !bw_wants_event(BW_EVENT_RELEASE))
        return;
    bw_begin(record, key, BW_EVENT_RELEASE, BW_ADDRESS_KNOWN, 0, now);
    bw_send(scratch, sizeof(*record));
}

/*
 * Ends the claim that is noted, unless it is that of `cookie` and `port`. Safe in any context: nothing is read from the
 * socket or current.
 */
__noinline int bw_release_unless(__u64 key, __u64 cookie, __u32 port)
{
    struct bw_claim *claim = bpf_map_lookup_elem(&bw_claims, &key);
    struct bw_scratch *scratch;
    int slot;

    if (!claim)
        return 0;
    slot = bw_scratch_take();
    scratch = bw_scratch_at(slot);
    if (slot < 0 || !scratch) {
        if (!bpf_map_delete_elem(&bw_claims, &key))
            bw_count_lost(BW_EVENT_RELEASE);
        return 0;
    }
    scratch->record.socket = claim->socket;
    scratch->record.holder = claim->holder;
    /*
     * While the copy was made, another thread may have taken the note away, and the map may have used its memory for
     * another's; or it noted the claim that there is.
     */
    claim = bpf_map_lookup_elem(&bw_claims, &key);
    if (!claim || claim->holder.since != scratch->record.holder.since ||
        claim->socket.cookie != scratch->record.socket.cookie ||
        (port && scratch->record.socket.port == port && scratch->record.socket.cookie == cookie))
        goto out;
    if (!bpf_map_delete_elem(&bw_claims, &key))
        bw_send_release(scratch, key, bpf_ktime_get_boot_ns());
out:
    bw_scratch_give(scratch);
    return 0;
}

/* The socket is gone or has given its port up. */
static __always_inline int bw_release(__u64 key)
{
    return bw_release_unless(key, 0, 0);
}

/* The note is of a claim that ended where no hook saw it: the port was given up, or the memory is that of `socket`. */
static __always_inline int bw_release_older(__u64 key, const struct bw_socket *socket)
{
    return bw_release_unless(key, socket->cookie, socket->port);
}

#define BW_EEXIST 17

/*
 * Takes note of the claim in the record. With BPF_NOEXIST -BW_EEXIST says that somebody else has taken note of it since the
 * caller looked; another error that there is no room. One that comes of the map's own locks goes away when it is tried again.
 * An int: before Linux 6.3 the upper half of what the helper returns is not the sign's.
 */
static __always_inline int bw_keep(struct bw_record *record, const __u64 *key, __u64 how)
{
    int error;

    if (!bw_sees_end(&record->socket))
        return bpf_map_update_elem(&BW_ENDLESS, key, &record->socket, BPF_ANY);
    error = bpf_map_update_elem(&bw_claims, key, &record->socket, how);
    if (error && error != -BW_EEXIST)
        error = bpf_map_update_elem(&bw_claims, key, &record->socket, how);
    if (error && error != -BW_EEXIST && record->holder.state & BW_CLAIM_WANTED && bw_wants_event(BW_EVENT_RELEASE))
        bw_count_lost(0);
    return error;
}

/* The holder is the current task. */
static __always_inline void bw_become_holder(struct bw_record *record, struct task_struct *task, __u64 since, __u32 state)
{
    bw_read_holder(&record->holder, task, since);
    if (record->socket.options & BW_SOCK_KERNEL)
        bw_no_holder(&record->holder);
    record->holder.state = state;
    if (bw_config.want_success && bw_wants_socket(&record->socket, true) &&
        bw_wants_task(task, record->holder.pid, record->holder.comm))
        record->holder.state |= BW_CLAIM_WANTED;
}

/*
 * Changes a claim's state and returns what it was. Where threads race on one socket each thing is told by the one that
 * changed it. Atomics that return something are Linux 5.12's; programs for older kernels run under the socket's lock, but for
 * those of a plan that defines BW_UNLOCKED. There the first to write a choice down in a map takes it, as the map has locks.
 */
#ifdef BW_OLD_KERNELS
#ifdef BW_UNLOCKED
struct bw_choice {
    __u64 claim;
    __u64 since;
};
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, struct bw_choice);
    __type(value, __u32);
} bw_choices SEC(".maps");

static __always_inline bool bw_is_first_to_take(__u64 key, __u64 since)
{
    struct bw_choice choice = {key, since};
    __u32 taken = 1;
    int error = bpf_map_update_elem(&bw_choices, &choice, &taken, BPF_NOEXIST);

    return error != -BW_EEXIST;
}
#else
static __always_inline bool bw_is_first_to_take(__u64 key, __u64 since)
{
    (void)key;
    (void)since;
    return true;
}
#endif

static __always_inline __u32 bw_add_state(struct bw_claim *claim, __u32 state)
{
    __u32 was = claim->holder.state;

    claim->holder.state = was | state;
    return was;
}
static __always_inline bool bw_take_choice(struct bw_claim *claim, __u64 key)
{
    __u64 since = claim->holder.since;

    if (claim->holder.state != BW_CLAIM_CHOOSING || !bw_is_first_to_take(key, since))
        return false;
    claim->holder.state = 0;
    return true;
}
#else
static __always_inline __u32 bw_add_state(struct bw_claim *claim, __u32 state)
{
    return __sync_fetch_and_or(&claim->holder.state, state);
}
static __always_inline bool bw_take_choice(struct bw_claim *claim, __u64 key)
{
    (void)key;
    return __sync_val_compare_and_swap(&claim->holder.state, BW_CLAIM_CHOOSING, 0) == BW_CLAIM_CHOOSING;
}
#endif

static __always_inline void bw_set_sent(const struct bw_socket *socket, __u64 key, bool sent)
{
    struct bw_claim *claim = bw_find_claim(socket, key);

    if (claim && sent)
        claim->holder.state |= BW_CLAIM_SENT;
    else if (claim)
        claim->holder.state &= ~BW_CLAIM_SENT;
}

struct bw_address {
    __u32 family;
    __u8 bytes[16];
};

struct bw_asked {
    __u32 port;
    __u32 flags; /* BW_ASKED, BW_IMPLICIT */
    /* Of a socket (SCTP's) that can have several addresses on its port: each is one more bind of the same claim. */
    const struct bw_address *one_of_many;
};

/* Whether somebody else tells of the bind: the snapshot, or another thread that listens on the same socket. */
static __always_inline bool bw_is_told(const struct bw_claim *claim, const struct bw_socket *socket)
{
    return claim->holder.state & BW_CLAIM_SEEDED ||
           (claim->socket.port == socket->port && claim->socket.cookie == socket->cookie &&
            !(claim->holder.state & (BW_CLAIM_NO_BIND | BW_CLAIM_CHOOSING)));
}

/* The slot's record.socket is filled. Notes the claim and reports its bind. */
static __noinline int bw_claim_socket(__u32 slot, __u64 key, struct bw_asked *asked, __u32 state)
{
    struct bw_scratch *scratch = bw_scratch_at(slot);
    struct task_struct *task = (void *)bpf_get_current_task();
    __u64 now = bpf_ktime_get_boot_ns();
    struct bw_record *record;
    struct bw_claim *claim;
    __u8 flags = BW_ADDRESS_KNOWN | asked->flags;
    int error;

    if (!scratch)
        return 0;
    record = &scratch->record;
    record->socket.requested_port = asked->port;
    bw_become_holder(record, task, now, state);
    if (bw_wants_event(BW_EVENT_BIND) && record->holder.state & BW_CLAIM_WANTED)
        record->holder.state |= BW_CLAIM_SENT;
    /* Before the record: once user space shows the bind, another CPU's release must find it. */
    error = bw_keep(record, &key, BPF_NOEXIST);
    if (error == -BW_EEXIST) {
        claim = bpf_map_lookup_elem(&bw_claims, &key);
        if (claim && bw_is_told(claim, &record->socket))
            return 0;
        if (claim && claim->socket.cookie == record->socket.cookie) /* another thread's listen(2) on the same socket */
            record->holder.state |= claim->holder.state & BW_CLAIM_LISTENING;
        error = bw_keep(record, &key, BPF_ANY);
    }
    if (error)
        flags |= BW_NOT_KEPT;
    if (!(record->holder.state & BW_CLAIM_SENT))
        return 0;
    bw_begin(record, key, BW_EVENT_BIND, flags, 0, now);
    if (!bw_send_with_process(scratch, slot))
        bw_set_sent(&record->socket, key, false);
    return 0;
}

/* The slot's record.socket is filled. The claim keeps the address that it began with. */
BW_PART int bw_tell_further_address(__u32 slot, __u64 key, struct bw_asked *asked)
{
    struct bw_scratch *scratch = bw_scratch_at(slot);
    __u64 now = bpf_ktime_get_boot_ns();
    struct bw_record *record;

    if (!scratch)
        return 0;
    record = &scratch->record;
    record->socket.requested_port = asked->port;
    bw_become_holder(record, (void *)bpf_get_current_task(), now, 0);
    if (!(record->holder.state & BW_CLAIM_WANTED) || !bw_wants_event(BW_EVENT_BIND))
        return 0;
    /* User space keeps the holder of the first. */
    bw_begin(record, key, BW_EVENT_BIND, BW_ADDRESS_KNOWN | BW_NOT_KEPT | asked->flags, 0, now);
    bw_send_with_process(scratch, slot);
    return 0;
}

/* A bind succeeded: `sk` holds address and port. */
static __noinline int bw_bound(struct sock *sk, struct bw_asked *asked)
{
    struct sock *owner = bw_owner_socket(sk);
    __u64 key = (__u64)owner;
    int slot = bw_scratch_take();
    struct bw_scratch *scratch = bw_scratch_at(slot);
    struct bw_socket *socket;
    struct bw_claim *claim;
    __u32 state = 0;

    if (slot < 0 || !scratch) {
        bw_count_lost(BW_EVENT_BIND);
        return 0;
    }
    socket = &scratch->record.socket;
    if (!bw_read_socket(socket, sk, owner) || !socket->port)
        goto out;
    if (asked->one_of_many) {
        __builtin_memcpy(socket->address, asked->one_of_many->bytes, sizeof(socket->address));
        socket->family = asked->one_of_many->family;
    }
    if (bw_config.mark_ephemeral && asked->port)
        bw_mark_ephemeral(socket, sk);
    claim = bw_find_claim(socket, key);
    if (claim && bw_sees_end(socket)) {
        if (claim->socket.port == socket->port && asked->one_of_many) {
            bw_tell_further_address(slot, key, asked);
            goto out;
        }
        /* The snapshot may have come before the socket's cookie. */
        if (claim->socket.port == socket->port &&
            (claim->socket.cookie == socket->cookie ||
             (claim->holder.state & BW_CLAIM_SEEDED && !claim->socket.cookie))) {
            if (!(claim->holder.state & BW_CLAIM_NO_BIND))
                goto out;
            /* Another thread's listen(2) on the same socket came between the bind and this hook. */
            state = claim->holder.state & BW_CLAIM_LISTENING;
        } else {
            bw_release_older(key, socket);
        }
    }
    bw_claim_socket(slot, key, asked, state);
out:
    bw_scratch_give(scratch);
    return 0;
}

/*
 * Whether a note is of another socket, which had the same memory and port: only where ends go unseen. The cookie of an
 * MPTCP socket changes from its first sub-flow's to its own when somebody asks for it.
 */
static __always_inline bool bw_is_anothers(const struct bw_socket *noted, const struct bw_socket *socket)
{
    return !bw_sees_end(socket) && socket->protocol != BW_IPPROTO_MPTCP && noted->cookie && socket->cookie &&
           noted->cookie != socket->cookie;
}

/*
 * The socket is about to enter LISTEN, under its lock. If it has no port, the kernel is about to choose one: only here
 * can that be told from a port that was bound before bindwatch started.
 */
BW_PART int bw_choosing(struct sock *sk)
{
    __u64 key = (__u64)bw_owner_socket(sk);
    int slot;
    struct bw_scratch *scratch;

    /* An MPTCP socket's own state follows its sub-flow's, which is the one that counts, before it has the port. */
    if (BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_num) ||
        BPF_CORE_READ(bw_inet(sk), sk.sk_protocol) == BW_IPPROTO_MPTCP)
        return 0;
    slot = bw_scratch_take();
    scratch = bw_scratch_at(slot);
    if (slot < 0 || !scratch)
        return 0;
    __builtin_memset(&scratch->record.socket, 0, sizeof(scratch->record.socket) + sizeof(scratch->record.holder));
    scratch->record.holder.state = BW_CLAIM_CHOOSING;
    scratch->record.holder.since = bpf_ktime_get_boot_ns(); /* which choice it is */
    bpf_map_update_elem(&bw_claims, &key, &scratch->record.socket, BPF_ANY);
    bw_scratch_give(scratch);
    return 0;
}

/* A listen(2) on a claim that no bind was told of. */
static __always_inline int bw_claim_by_listen(__u32 slot, __u64 key, __u32 implicit)
{
    struct bw_scratch *scratch = bw_scratch_at(slot);
    struct bw_asked asked = {.flags = BW_IMPLICIT};

    if (!scratch)
        return 0;
    if (implicit) /* listening from the first moment on: no other thread tells of it before its bind is told */
        return bw_claim_socket(slot, key, &asked, BW_CLAIM_LISTENING);
    bw_become_holder(&scratch->record, (void *)bpf_get_current_task(), 0, BW_CLAIM_NO_BIND);
    bw_keep(&scratch->record, &key, BPF_NOEXIST);
    return 0;
}

/* The socket entered LISTEN. */
static __noinline int bw_listening(struct sock *sk)
{
    struct task_struct *task = (void *)bpf_get_current_task();
    struct sock *owner = bw_owner_socket(sk);
    __u64 key = (__u64)owner;
    int slot = bw_scratch_take();
    struct bw_scratch *scratch = bw_scratch_at(slot);
    struct bw_record *record;
    struct bw_claim *claim;
    bool implicit = false;
    __u32 backlog;

    if (slot < 0 || !scratch) {
        bw_count_lost(BW_EVENT_LISTEN);
        return 0;
    }
    record = &scratch->record;
    if (!bw_read_socket(&record->socket, sk, owner) || !record->socket.port)
        goto out;
    backlog = bw_read_backlog(sk, owner);
    claim = bw_find_claim(&record->socket, key);
    if (claim && claim->socket.port &&
        (claim->socket.port != record->socket.port || bw_is_anothers(&claim->socket, &record->socket))) {
        bw_release_older(key, &record->socket);
        claim = bw_find_claim(&record->socket, key);
    }
    if (!claim || !claim->socket.port) {
        /* Another thread, which listens on the same socket, may be telling of it. */
        implicit = claim != NULL;
        if (implicit && !bw_take_choice(claim, key))
            goto out;
        bw_claim_by_listen(slot, key, implicit);
        claim = bw_find_claim(&record->socket, key);
    }
    if (claim) {
        if (!implicit && bw_add_state(claim, BW_CLAIM_LISTENING) & BW_CLAIM_LISTENING)
            goto out;
        claim->socket.backlog = backlog;
        record->socket.cookie = claim->socket.cookie;
    }
    record->socket.backlog = backlog;
    if (!bw_wants_event(BW_EVENT_LISTEN) || !bw_config.want_success)
        goto out;
    bw_read_holder(&record->holder, task, 0);
    if (!bw_wants_socket(&record->socket, true) ||
        !bw_wants_task(task, record->holder.pid, record->holder.comm))
        goto out;
    bw_begin(record, key, BW_EVENT_LISTEN, BW_ADDRESS_KNOWN, 0, bpf_ktime_get_boot_ns());
    /* User space knows the binder already; anyone else, or what has become of him, it has to be told about. */
    if (claim && claim->holder.state & BW_CLAIM_SENT && claim->holder.actor == record->holder.actor) {
        record->holder = claim->holder;
        bw_send(scratch, sizeof(*record));
        goto out;
    }
    if (claim)
        record->holder = claim->holder;
    else
        record->flags |= BW_NOT_KEPT;
    if (bw_send_with_process(scratch, slot) && record->holder.state & BW_CLAIM_NO_BIND)
        bw_set_sent(&record->socket, key, true);
out:
    bw_scratch_give(scratch);
    return 0;
}

/* A listener left LISTEN: it keeps a port that the program asked for, and gives up one that the kernel chose. */
BW_PART int bw_unlistening(struct sock *sk)
{
    __u64 key = (__u64)bw_owner_socket(sk);
    struct bw_claim *claim = bpf_map_lookup_elem(&bw_claims, &key);

    if (!claim)
        return 0;
    if (claim->holder.state & BW_CLAIM_CHOOSING)
        return bpf_map_delete_elem(&bw_claims, &key); /* listen(2) found no port to choose */
    claim->holder.state &= ~BW_CLAIM_LISTENING;
    if (!BPF_CORE_READ(bw_inet(sk), sk.__sk_common.skc_num))
        bw_release(key);
    return 0;
}

/* inet_sock_set_state(sk, from, to). Accepted children show 10 -> 3; only a listener that ends shows 10 -> 7 or 8. */
static __always_inline int bw_state_changed(struct sock *sk, int from, int to)
{
    if (to == BW_TCP_LISTEN)
        return bw_choosing(sk);
    if (to == BW_TCP_CLOSE || (to == BW_TCP_CLOSE_WAIT && from == BW_TCP_LISTEN))
        return bw_unlistening(sk);
    return 0;
}

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
    bw_read_holder(&record->holder, task, 0);
    if (!bw_wants_socket(&record->socket, record->flags & BW_ADDRESS_KNOWN) ||
        !bw_wants_task(task, record->holder.pid, record->holder.comm))
        goto out;
    bw_send_with_process(scratch, slot);
out:
    bw_scratch_give(scratch);
    return 0;
}
