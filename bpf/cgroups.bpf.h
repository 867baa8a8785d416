/* SPDX-License-Identifier: GPL-2.0-only */
/* Which cgroups a task is in: that of v2, and what v1 adds to it. */
#pragma once

#include "paths.bpf.h"

#ifdef BW_OLD_KERNELS
#define BW_HIERARCHIES 32
#else
#define BW_HIERARCHIES 64 /* an unmounted one stays as long as anything in it does */
#endif

/* The hierarchies that a task is in, one a step. */
struct bw_hierarchies {
    struct bw_scratch *scratch;
    __u64 head;
    __u64 entry;    /* the list_head in the link */
    __u32 own_leaf; /* kernfs_node.hash: one name has one hash in all hierarchies */
    __u32 first_leaf;
};

BW_STEP bw_hierarchy_step(__u64 index, struct bw_hierarchies *walk)
{
    struct cgrp_cset_link *link = (void *)walk->entry - bpf_core_field_offset(struct cgrp_cset_link, cgrp_link);
    struct bw_scratch *scratch = walk->scratch;
    struct cgroup *cgroup;
    struct kernfs_node *node;
    __u32 leaf;

    (void)index;
    if (walk->entry == walk->head)
        return 1;
    cgroup = BPF_CORE_READ(link, cgrp);
    walk->entry = (__u64)BPF_CORE_READ(link, cgrp_link.next);
    if (BPF_CORE_READ(cgroup, level) <= 0)
        return 0;
    node = BPF_CORE_READ(cgroup, kn);
    leaf = BPF_CORE_READ(node, hash);
    if (leaf == walk->own_leaf)
        return 0;
    if (!scratch->cgroups.v1[0]) {
        scratch->cgroups.v1[0] = (__u64)node;
        walk->first_leaf = leaf;
    } else if (leaf != walk->first_leaf) {
        scratch->cgroups.v1[1] = (__u64)node;
    }
    return 0;
}

/*
 * Notes the task's cgroup in v2, and where v1 is in use, alone or beside v2, those there whose name is another: a
 * container may be named in v1 alone. Two at most: a runtime puts a container into all hierarchies, so one is its, and one
 * may be something else's. Where there is only v2, this is two more reads.
 */
BW_PART int bw_find_cgroups(__u32 slot, struct task_struct *task)
{
    struct css_set *set = BPF_CORE_READ(task, cgroups);
    struct bw_hierarchies walk = {.scratch = bw_scratch_at(slot)};
    struct kernfs_node *node = BPF_CORE_READ(set, dfl_cgrp, kn);
    struct bw_process *process;
    struct bw_cgroups *found;
    __u64 next = 0;

    if (!walk.scratch)
        return 0;
    process = &walk.scratch->process;
    found = &walk.scratch->cgroups;
    BPF_CORE_READ_INTO(&process->cgroup_id, node, id);
    if (found->css_set == (__u64)set && found->id == process->cgroup_id && found->pid == process->pid &&
        found->start_time == process->start_time)
        return 0;
    found->css_set = (__u64)set;
    found->start_time = process->start_time;
    found->pid = process->pid;
    found->id = process->cgroup_id;
    found->v2 = (__u64)node;
    found->v1[0] = 0;
    found->v1[1] = 0;
    walk.head = (__u64)set + bpf_core_field_offset(struct css_set, cgrp_links);
    BPF_CORE_READ_INTO(&walk.entry, set, cgrp_links.next);
    if (bpf_probe_read_kernel(&next, sizeof(next), (void *)walk.entry) || next == walk.head)
        return 0;
    BPF_CORE_READ_INTO(&walk.own_leaf, node, hash);
    bw_loop(BW_HIERARCHIES, bw_hierarchy_step, &walk);
    return 0;
}

static __always_inline void bw_append_cgroup_v1(struct bw_scratch *scratch, __u32 slot, __u64 node)
{
    if (!node)
        return;
    bw_append_cgroup(slot, node);
    scratch->bytes[*(volatile __u32 *)&scratch->cursor & BW_SCRATCH_MASK] = 0;
    scratch->cursor++;
}

/* The path in cgroup v2, and what v1 adds to it. */
static __always_inline void bw_append_cgroups(struct bw_scratch *scratch, __u32 slot)
{
    struct bw_process *process = &scratch->process;
    __u32 start = scratch->cursor;

    scratch->end = start + BW_MAX_PATH;
    if (!bw_append_cgroup(slot, scratch->cgroups.v2))
        process->flags |= BW_CGROUP_TRUNCATED;
    process->cgroup_bytes = scratch->cursor - start;
    start = scratch->cursor;
    scratch->end = start + BW_MAX_CGROUP_V1;
    bw_append_cgroup_v1(scratch, slot, scratch->cgroups.v1[0]);
    bw_append_cgroup_v1(scratch, slot, scratch->cgroups.v1[1]);
    process->cgroup_v1_bytes = scratch->cursor - start;
}
