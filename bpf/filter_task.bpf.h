/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of the filters that is about who makes the call. */
#pragma once

#include "descent.bpf.h"
#include "filter.bpf.h"

#define BW_CGROUP_DEPTH 64

static __always_inline bool bw_comm_in(const __u8 *comm, const volatile __u8 (*list)[BW_COMM_LEN], __u32 count)
{
    const __u64 *words = (const __u64 *)comm;

    for (__u32 i = 0; i < BW_MAX_FILTER; i++) {
        const volatile __u64 *entry = (const volatile __u64 *)list[i];

        if (i < count && words[0] == entry[0] && words[1] == entry[1])
            return true;
    }
    return false;
}

static __always_inline bool bw_in_cgroups(struct task_struct *task)
{
    struct kernfs_node *node = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);

    for (int depth = 0; depth < BW_CGROUP_DEPTH && node; depth++) {
        __u64 id = BPF_CORE_READ(node, id);

        for (__u32 i = 0; i < BW_MAX_FILTER; i++)
            if (i < bw_config.n_cgroups && bw_config.cgroups[i] == id)
                return true;
        node = bw_kernfs_parent(node);
    }
    /* Deeper than we look: let user space decide. */
    return node != NULL;
}

/* `comm` is the leader's, padded with NUL as the kernel keeps it. */
static __noinline bool bw_wants_task(struct task_struct *task, __u32 pid, const __u8 *comm)
{
    if (bw_config.ancestor && !bw_descends_from(task, bw_config.ancestor, bw_config.ancestor_pidns))
        return false;
    if (bw_config.n_pids) {
        bool found = false;

        for (__u32 i = 0; i < BW_MAX_FILTER; i++)
            found |= i < bw_config.n_pids && bw_config.pids[i] == pid;
        if (!found)
            return false;
    }
    if (bw_config.n_uids) {
        __u32 uid = BPF_CORE_READ(task, cred, euid.val);
        bool found = false;

        for (__u32 i = 0; i < BW_MAX_FILTER; i++)
            found |= i < bw_config.n_uids && bw_config.uids[i] == uid;
        if (!found)
            return false;
    }
    if (bw_config.n_comms && !bw_comm_in(comm, bw_config.comms, bw_config.n_comms))
        return false;
    if (bw_config.n_exclude_comms && bw_comm_in(comm, bw_config.exclude_comms, bw_config.n_exclude_comms))
        return false;
    return !bw_config.n_cgroups || bw_in_cgroups(task);
}
