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

/*
 * What could not be handed over: entry 0 is the sum of all, entry 1 + N is CPU N's. User space sets the number of
 * entries, maps the pages and reads them whenever it likes.
 */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 2);
    __type(key, __u32);
    __type(value, struct bw_loss);
} bw_counts SEC(".maps");

/* The state machine: which socket (by its address) holds a port. */
struct bw_claim {
    struct bw_socket socket;
    struct bw_holder holder;
};
#ifndef BW_CLAIMS_TYPE
#define BW_CLAIMS_TYPE BPF_MAP_TYPE_HASH
#define BW_CLAIMS_FLAGS BPF_F_NO_PREALLOC /* memory for the claims that there are: most machines have few */
#endif
struct {
    __uint(type, BW_CLAIMS_TYPE);
    __uint(map_flags, BW_CLAIMS_FLAGS);
    __uint(max_entries, BW_DEFAULT_CLAIMS);
    __type(key, __u64);
    __type(value, struct bw_claim);
} bw_claims SEC(".maps");
/* Those whose end no hook of plan cgroup sees. */
#ifdef BW_ENDLESS_CLAIMS
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u64);
    __type(value, struct bw_claim);
} bw_endless_claims SEC(".maps");
#endif

/*
 * Memory to put a record together in before its size is known. Programs of one type can preempt each other on a
 * CPU, so a slot has users: whoever is not alone in it takes the next one. The loader says how many there are.
 */
#define BW_SCRATCH_MASK 0x3fff
struct bw_scratch {
    __u64 users;
    __u32 cursor; /* where the next bytes go; here, not in a register, so that the verifier need not follow it */
    __u32 end;
    __u64 cgroup; /* struct kernfs_node *, as the next two; the process's path is read from these */
    __u64 cgroup_v1[2];
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
    __uint(max_entries, BW_MAX_SLOTS);
    __type(key, __u32);
    __type(value, struct bw_scratch);
} bw_scratch_slots SEC(".maps");

static __always_inline struct bw_loss *bw_loss_at(__u32 entry)
{
    return bpf_map_lookup_elem(&bw_counts, &entry);
}

/* `event` is a BW_EVENT_*, or 0 for a claim that could not be kept. The sum comes last: whoever sees it sees the rest. */
static __always_inline void bw_count_lost(__u32 event)
{
    struct bw_loss *cpu = bw_loss_at(1 + bpf_get_smp_processor_id()), *sum = bw_loss_at(0);

    if (!cpu)
        cpu = bw_loss_at(1);
    if (!cpu || !sum)
        return;
    __sync_fetch_and_add(&cpu->count[event & 3], 1);
    __sync_fetch_and_add(&sum->count[0], 1);
}

static __always_inline __u64 bw_lost(void)
{
    struct bw_loss *sum = bw_loss_at(0);

    return sum ? sum->count[0] : 0;
}

static __always_inline struct bw_scratch *bw_scratch_at(__u32 slot)
{
    return bpf_map_lookup_elem(&bw_scratch_slots, &slot);
}

/*
 * A slot of this CPU, to be given back. Less than 0 only if as many programs as there are slots have preempted one
 * another on it; the caller counts its record as lost. A number, since that is all that a global function takes before
 * Linux 5.12.
 */
__noinline int bw_scratch_take(void)
{
    for (__u32 slot = 0; slot < BW_MAX_SLOTS; slot++) {
        struct bw_scratch *scratch = bw_scratch_at(slot);

        if (!scratch)
            break;
        __sync_fetch_and_add(&scratch->users, 1);
        if (*(volatile __u64 *)&scratch->users == 1)
            return slot;
        __sync_fetch_and_add(&scratch->users, -1);
    }
    return -1;
}

static __always_inline void bw_scratch_give(struct bw_scratch *scratch)
{
    __sync_fetch_and_add(&scratch->users, -1);
}
