/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of a claim's note where threads race on one socket, in the words that each kernel has for it. */
#pragma once

#include "compat.bpf.h"
#include "maps.bpf.h"

#define BW_EEXIST 17 /* errno.h */

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
