/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything that the programs share: settings, the ring, the claims that exist, and scratch memory. */
#pragma once

#include <linux/bpf.h>
#include <stddef.h>

#include <vmlinux.h>

#include <bindwatch/event_abi.h>
#include <bpf/bpf_helpers.h>

/* Until user space says otherwise: everything. */
const volatile struct bw_config bw_config = {.events = ~0U, .want_success = 1, .want_failure = 1};
const volatile __u64 bw_ports[BW_PORT_WORDS] = {}; /* bit set: the port passes --port and --exclude-port */

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 16 << 20);
} bw_ring SEC(".maps");

/* Records that found no room. User space maps the page and reads it whenever it likes. */
struct bw_counters {
    __u64 lost;
};
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct bw_counters);
} bw_counts SEC(".maps");

/* The state machine: which socket (by its address) holds a port. */
struct bw_claim {
    struct bw_socket socket;
    struct bw_holder holder;
};
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(map_flags, BPF_F_NO_PREALLOC); /* memory for the claims that there are: most machines have few */
    __uint(max_entries, BW_MAX_CLAIMS);
    __type(key, __u64);
    __type(value, struct bw_claim);
} bw_claims SEC(".maps");

/*
 * Memory to put a record together in before its size is known. Programs of one type can preempt each other on a
 * CPU, so a slot has users: whoever is not alone in it takes the next one.
 */
#define BW_SCRATCH_SLOTS 4
#define BW_SCRATCH_MASK 0x3fff
struct bw_scratch {
    __u64 users;
    __u32 cursor; /* where the next bytes go; here, not in a register, so that the verifier need not follow it */
    __u32 end;
    union {
        struct {
            struct bw_record record;
            struct bw_process process;
        };
        __u8 bytes[BW_SCRATCH_MASK + 1 + BW_MAX_PATH];
    };
};
_Static_assert(BW_RECORD_MAX <= BW_SCRATCH_MASK + 1, "a record fits the scratch memory");
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, BW_SCRATCH_SLOTS);
    __type(key, __u32);
    __type(value, struct bw_scratch);
} bw_scratch_slots SEC(".maps");

static __always_inline void bw_count_lost(void)
{
    __u32 zero = 0;
    struct bw_counters *counters = bpf_map_lookup_elem(&bw_counts, &zero);

    if (counters)
        __sync_fetch_and_add(&counters->lost, 1);
}

static __always_inline __u64 bw_lost(void)
{
    __u32 zero = 0;
    struct bw_counters *counters = bpf_map_lookup_elem(&bw_counts, &zero);

    return counters ? counters->lost : 0;
}

/* NULL only if four programs have preempted one another on this CPU; the caller counts its record as lost. */
static __noinline struct bw_scratch *bw_scratch_take(void)
{
    for (__u32 slot = 0; slot < BW_SCRATCH_SLOTS; slot++) {
        __u32 key = slot;
        struct bw_scratch *scratch = bpf_map_lookup_elem(&bw_scratch_slots, &key);

        if (!scratch)
            break;
        __sync_fetch_and_add(&scratch->users, 1);
        if (*(volatile __u64 *)&scratch->users == 1)
            return scratch;
        __sync_fetch_and_add(&scratch->users, -1);
    }
    return NULL;
}

static __always_inline void bw_scratch_give(struct bw_scratch *scratch)
{
    __sync_fetch_and_add(&scratch->users, -1);
}
