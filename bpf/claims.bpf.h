/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state machine that every plan's hooks feed, and with failures.bpf.h all that writes records. A hook may be called twice
 * for one thing, or two hooks see the same thing: a bind is reported when the stored port differs, a listen when the
 * flag changes, a release by whoever's delete succeeds. So each is reported once.
 */
#pragma once

#include "claim_state.bpf.h"
#include "port_range.bpf.h"
#include "socket.bpf.h"
#include "telling.bpf.h"

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
    bw_become_holder(scratch, task, now, state);
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
    bw_become_holder(scratch, (void *)bpf_get_current_task(), now, 0);
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
static __always_inline int bw_choosing(struct sock *sk)
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
    bw_become_holder(scratch, (void *)bpf_get_current_task(), 0, BW_CLAIM_NO_BIND);
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
    bw_read_acting(scratch, task, 0);
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
