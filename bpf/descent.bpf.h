/* SPDX-License-Identifier: GPL-2.0-only */
/* Pids as a process itself knows them, and who is whose child. */
#pragma once

#include "compat.bpf.h"

#include <bindwatch/event_abi.h>

#define BW_DESCENT_DEPTH 64

/* A pid in its process's own pid namespace, and that namespace's inode number above it. */
BW_PART __u64 bw_own_pid(struct task_struct *leader)
{
    struct pid *pid = BPF_CORE_READ(leader, thread_pid);
    __u32 level = BPF_CORE_READ(pid, level);
    struct upid *upid = (void *)pid + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid);

    return BPF_CORE_READ(upid, nr) | (__u64)BPF_CORE_READ(upid, ns, ns.inum) << 32;
}

/* Whether the process that calls itself `ancestor` is among those from which the task comes. */
BW_PART bool bw_descends_from(struct task_struct *task, __u32 ancestor, __u32 pidns)
{
    for (int depth = 0; depth < BW_DESCENT_DEPTH; depth++) {
        struct task_struct *parent = BPF_CORE_READ(task, group_leader, real_parent, group_leader);

        if (!parent || parent == task)
            return false;
        if (bw_own_pid(parent) == (ancestor | (__u64)pidns << 32))
            return true;
        task = parent;
    }
    return false;
}
