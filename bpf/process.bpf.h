/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who makes the call. Everything is read here, at the event: a process that binds and exits at once has no /proc
 * entry by the time that user space looks.
 */
#pragma once

#include "compat.bpf.h"
#include "descent.bpf.h"
#include "records.bpf.h"

#define BW_PATH_DEPTH 64
#define BW_NAME_MAX 256 /* NAME_MAX and its NUL */
#ifdef BW_OLD_KERNELS
#define BW_HIERARCHIES 32
#else
#define BW_HIERARCHIES 64 /* an unmounted one stays as long as anything in it does */
#endif

/* Hides a value from the compiler, so that the bound after it stays for the verifier to see. */
#define bw_opaque(value) asm volatile("" : "+r"(value))

static __always_inline void bw_copy_comm(__u8 *to, struct task_struct *task)
{
    bpf_core_read(to, BW_COMM_LEN, &task->comm);
}

/*
 * A number for who acts, and as what: another thread, another program in the same process, another user, cgroup or name
 * is another. What the reader knows of the same number it need not be told again.
 */
static __always_inline __u64 bw_actor(struct task_struct *task)
{
    struct task_struct *leader = BPF_CORE_READ(task, group_leader);
    __u64 comm[2] = {};

    bw_copy_comm((__u8 *)comm, leader);
    return ((__u64)task * 3 + (__u64)BPF_CORE_READ(task, mm) * 5 + (__u64)BPF_CORE_READ(task, cred) * 7 +
            (__u64)BPF_CORE_READ(task, cgroups) * 11 + BPF_CORE_READ(task, self_exec_id)) ^
           comm[0] * 0x9e3779b97f4a7c15 ^ comm[1] * 0xc2b2ae3d27d4eb4f;
}

/* The task acts: it is the record's holder until another is put there, and the facts are about it. */
static __always_inline void bw_read_acting(struct bw_scratch *scratch, struct task_struct *task, __u64 since)
{
    struct bw_holder *holder = &scratch->record.holder;
    struct task_struct *leader = BPF_CORE_READ(task, group_leader);

    holder->since = since;
    holder->start_time = BPF_CORE_READ(leader, start_boottime);
    holder->pid = BPF_CORE_READ(task, tgid);
    holder->state = 0;
    holder->actor = bw_actor(task);
    /* The leader's: an io_uring worker calls itself iou-wrk-N, a thread what it likes. */
    bw_copy_comm(holder->comm, leader);
    scratch->acting.actor = holder->actor;
    scratch->acting.start_time = holder->start_time;
    scratch->acting.pid = holder->pid;
    BPF_CORE_READ_INTO(&scratch->acting.parent, leader, real_parent);
}

/* A kernel socket is nobody's, whoever was running. */
static __always_inline void bw_no_holder(struct bw_holder *holder)
{
    holder->start_time = 0;
    holder->pid = 0;
    holder->actor = 0;
    __builtin_memset(holder->comm, 0, sizeof(holder->comm));
}

/* Appends one path component; false when there is no room for it. */
static __always_inline bool bw_append_name(struct bw_scratch *scratch, const char *name)
{
    __u32 offset = *(volatile __u32 *)&scratch->cursor;
    long bytes;

    if (offset + BW_NAME_MAX > scratch->end)
        return false;
    offset &= BW_SCRATCH_MASK;
    bytes = bpf_probe_read_kernel_str(scratch->bytes + offset, BW_NAME_MAX, name);
    if (bytes <= 0)
        return false;
    scratch->cursor += bytes;
    return true;
}

/*
 * bpf_loop is verified once however often it turns, and is Linux 5.17's; the programs for older kernels
 * (BW_OLD_KERNELS) turn their loops themselves.
 */
#ifdef BW_OLD_KERNELS
#define bw_loop(times, step, walk)                \
    for (__u64 bw_i = 0; bw_i < (times); bw_i++)  \
        if (step(bw_i, walk))                     \
            break;
#define BW_STEP static __noinline long
#else
#define bw_loop(times, step, walk) bpf_loop(times, step, walk, 0)
#define BW_STEP static long
#endif

/*
 * One step towards the root; `at_root` ends the walk, as does a component that does not fit. All functions that call one
 * another have 512 bytes of stack together, and these are the deepest.
 */
struct bw_file_walk {
    struct bw_scratch *scratch;
    struct dentry *dentry;
    struct dentry *mount_root;
    struct mount *mount;
    __u64 at_root;
};

BW_STEP bw_exe_step(__u64 depth, struct bw_file_walk *walk)
{
    struct dentry *dentry = walk->dentry, *parent;
    struct mount *mount = walk->mount;

    (void)depth;
    if (dentry == walk->mount_root) {
        struct mount *above = BPF_CORE_READ(mount, mnt_parent);

        if (!above || above == mount) {
            walk->at_root = 1;
            return 1;
        }
        walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
        walk->mount = above;
        walk->mount_root = BPF_CORE_READ(above, mnt.mnt_root);
        return 0;
    }
    parent = BPF_CORE_READ(dentry, d_parent);
    if (!bw_append_name(walk->scratch, BPF_CORE_READ(dentry, d_name.name)))
        return 1;
    if (!parent || parent == dentry) {
        walk->at_root = 1; /* a file system without a mount, such as that of a memfd */
        return 1;
    }
    walk->dentry = parent;
    return 0;
}

struct bw_cgroup_walk {
    struct bw_scratch *scratch;
    struct kernfs_node *node;
    __u64 at_root;
};

BW_STEP bw_cgroup_step(__u64 depth, struct bw_cgroup_walk *walk)
{
    struct kernfs_node *node = walk->node, *parent = bw_kernfs_parent(node);

    (void)depth;
    if (!parent) {
        walk->at_root = 1;
        return 1;
    }
    if (!bw_append_name(walk->scratch, BPF_CORE_READ(node, name)))
        return 1;
    walk->node = parent;
    return 0;
}

/*
 * The executable's path, leaf first, across mounts up to the root of the mount namespace. Returns its bytes. `exe` is a
 * struct file *. This and what follows are global functions, which take numbers only: the verifier checks them once, not
 * again for each path that leads to them.
 */
__noinline __u32 bw_append_exe(__u32 slot, __u64 exe_address)
{
    struct bw_scratch *scratch = bw_scratch_at(slot);
    struct file *exe = (void *)exe_address;
    struct vfsmount *vfsmount = BPF_CORE_READ(exe, f_path.mnt);
    struct bw_file_walk walk = {.scratch = scratch};
    __u32 start;

    if (!scratch)
        return 0;
    start = scratch->cursor;
    BPF_CORE_READ_INTO(&walk.dentry, exe, f_path.dentry);
    BPF_CORE_READ_INTO(&walk.mount_root, vfsmount, mnt_root);
    walk.mount = (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
    scratch->end = start + BW_MAX_PATH;
    bw_loop(BW_PATH_DEPTH, bw_exe_step, &walk);
    if (!walk.at_root)
        scratch->process.flags |= BW_EXE_TRUNCATED;
    return scratch->cursor - start;
}

/*
 * A cgroup's path, leaf first, as far as it fits before scratch->end. Returns 1 if that is up to the root of its
 * hierarchy. `node` is a struct kernfs_node *.
 */
__noinline int bw_append_cgroup(__u32 slot, __u64 node)
{
    struct bw_scratch *scratch = bw_scratch_at(slot);
    struct bw_cgroup_walk walk = {.scratch = scratch, .node = (void *)node};

    if (!scratch)
        return 0;
    bw_loop(BW_PATH_DEPTH, bw_cgroup_step, &walk);
    return walk.at_root;
}

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

BW_PART __u32 bw_append_args(__u32 slot, struct mm_struct *mm)
{
    struct bw_scratch *scratch = bw_scratch_at(slot);
    __u64 from = BPF_CORE_READ(mm, arg_start);
    __u64 bytes = BPF_CORE_READ(mm, arg_end) - from, last;
    __u32 at;

    if (!scratch)
        return 0;
    at = *(volatile __u32 *)&scratch->cursor;
    if (bytes > BW_MAX_ARGS) {
        bytes = BW_MAX_ARGS;
        scratch->process.flags |= BW_ARGS_TRUNCATED;
    }
    at &= BW_SCRATCH_MASK;
    bw_opaque(bytes);
    if (bytes < 1 || bytes > BW_MAX_ARGS)
        return 0;
    if (bpf_probe_read_user(scratch->bytes + at, bytes, (void *)from)) {
        scratch->process.flags |= BW_ARGS_MISSING;
        return 0;
    }
    last = (bytes - 1) & (BW_MAX_ARGS - 1);
    if (scratch->bytes[at + last] && !(scratch->process.flags & BW_ARGS_TRUNCATED)) {
        /* A title that the program wrote over its args runs on into its environment: fs/proc/base.c, get_mm_proctitle. */
        long title = bpf_probe_read_user_str(scratch->bytes + at, BW_MAX_ARGS, (void *)from);

        if (title > 0)
            bytes = title;
    }
    scratch->cursor += bytes;
    return bytes;
}

struct bw_ancestor_walk {
    struct bw_scratch *scratch;
    struct task_struct *task;
};

BW_STEP bw_ancestor_step(__u64 index, struct bw_ancestor_walk *walk)
{
    struct task_struct *task = walk->task, *parent = BPF_CORE_READ(task, real_parent);
    struct bw_scratch *scratch = walk->scratch;
    __u32 offset = *(volatile __u32 *)&scratch->cursor & BW_SCRATCH_MASK;
    struct bw_ancestor *ancestor = (void *)(scratch->bytes + offset);
    __u32 pid;

    parent = BPF_CORE_READ(parent, group_leader);
    pid = BPF_CORE_READ(parent, tgid);
    if (!pid)
        return 1; /* the idle task is everybody's end */
    ancestor->pid = pid;
    bw_copy_comm(ancestor->comm, parent);
    if (index == 0)
        scratch->process.ppid = pid;
    scratch->process.ancestors = index + 1;
    scratch->cursor += sizeof(*ancestor);
    walk->task = parent;
    return 0;
}

/* Nearest first. */
BW_PART int bw_append_ancestors(__u32 slot, struct task_struct *task)
{
    struct bw_ancestor_walk walk = {.scratch = bw_scratch_at(slot), .task = BPF_CORE_READ(task, group_leader)};

    if (walk.scratch)
        bw_loop(BW_MAX_ANCESTORS, bw_ancestor_step, &walk);
    return 0;
}

/* All that is no string. */
BW_PART int bw_read_process(__u32 slot, struct task_struct *task)
{
    struct bw_scratch *scratch = bw_scratch_at(slot);
    struct task_struct *leader = BPF_CORE_READ(task, group_leader);
    struct bw_process *process;
    struct bw_own_pid own;

    if (!scratch)
        return 0;
    process = &scratch->process;
    __builtin_memset(process, 0, sizeof(*process));
    process->start_time = BPF_CORE_READ(leader, start_boottime);
    process->pid = BPF_CORE_READ(task, tgid);
    process->tid = BPF_CORE_READ(task, pid);
    process->uid = BPF_CORE_READ(task, cred, euid.val);
    process->gid = BPF_CORE_READ(task, cred, egid.val);
    bw_copy_comm(process->comm, leader);
    own = bw_read_own_pid(leader);
    process->ns_pid = own.pid;
    process->pidns = own.pidns;
    return 0;
}

/* After so many ns all is read again: an executable can be renamed, and a parent's parent end, with the actor the same. */
#define BW_FACTS_STAND 1000000

static __always_inline bool bw_facts_stand(const struct bw_scratch *scratch)
{
    const struct bw_acting *of = &scratch->facts.of, *acting = &scratch->acting;

    return scratch->facts.bytes && scratch->record.time - scratch->facts.time < BW_FACTS_STAND &&
           of->actor == acting->actor && of->start_time == acting->start_time && of->parent == acting->parent &&
           of->pid == acting->pid;
}

/* All that stands before the arguments. */
static __always_inline void bw_append_facts(__u32 slot, struct task_struct *task, struct mm_struct *mm)
{
    struct bw_scratch *scratch = bw_scratch_at(slot);
    struct file *exe = mm ? BPF_CORE_READ(mm, exe_file) : NULL;

    if (!scratch)
        return;
    if (bw_facts_stand(scratch)) {
        scratch->cursor = scratch->facts.bytes;
        return;
    }
    scratch->cursor = sizeof(struct bw_record) + sizeof(struct bw_process);
    bw_read_process(slot, task);
    bw_append_ancestors(slot, task);
    bw_find_cgroups(slot, task);
    if (exe)
        scratch->process.exe_bytes = bw_append_exe(slot, (__u64)exe);
    bw_append_cgroups(scratch, slot);
    scratch->facts.of = scratch->acting;
    scratch->facts.time = scratch->record.time;
    scratch->facts.bytes = scratch->cursor;
}

/* Puts the facts of the current task, which acts, behind the record that the slot holds. Returns the bytes of all. */
__noinline __u32 bw_append_process(__u32 slot)
{
    struct bw_scratch *scratch = bw_scratch_at(slot);
    struct task_struct *task = (void *)bpf_get_current_task();
    struct mm_struct *mm = BPF_CORE_READ(task, mm);

    if (!scratch)
        return 0;
    bw_append_facts(slot, task, mm);
    /* A program writes over these whenever it likes. */
    scratch->process.flags &= ~(BW_ARGS_TRUNCATED | BW_ARGS_MISSING);
    scratch->process.args_bytes = mm ? bw_append_args(slot, mm) : 0;
    return scratch->cursor;
}
