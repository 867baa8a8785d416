/* SPDX-License-Identifier: GPL-2.0-only */
/* The way of a record to user space: scratch memory to put it together in, the ring, and what was lost. */
#pragma once

#include "maps.bpf.h"

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 32 << 20);
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

/*
 * Which cgroups a process is in, as struct kernfs_node *. Kept for its next record, since the walk over ten hierarchies of
 * v1 costs as much as half of all the rest. A process that moves has another css_set; should that be at the memory of one
 * before, its cgroup in v2 is another.
 */
struct bw_cgroups {
    __u64 css_set;
    __u64 start_time;
    __u64 id; /* of the one in v2 */
    __u64 v2;
    __u64 v1[2];
    __u32 pid;
    __u32 pad;
};

/* A task, and what it is at this moment: bw_actor() and what tells it from one that had the same memory before. */
struct bw_acting {
    __u64 actor;
    __u64 start_time;
    __u64 parent;
    __u64 pid;
};

/*
 * The facts of a process that stand behind the record in a slot since an earlier one, up to `bytes`: in a storm of binds,
 * reading them again would take as long as all the rest. Nothing else writes there.
 */
struct bw_facts {
    struct bw_acting of;
    __u64 time; /* of that record */
    __u64 bytes; /* 0: there are none */
};

/*
 * Memory to put a record together in before its size is known. Programs of one type can preempt each other on a
 * CPU, so a slot has users: whoever is not alone in it takes the next one. The loader says how many there are.
 */
#define BW_SCRATCH_MASK 0x3fff
struct bw_scratch {
    __u64 users;
    __u32 cursor; /* where the next bytes go; here, not in a register, so that the verifier need not follow it */
    __u32 end;
    struct bw_cgroups cgroups;
    struct bw_acting acting; /* whom the record's facts are about */
    struct bw_facts facts;
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
