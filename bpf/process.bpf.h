/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who makes the call. Everything is read here, at the event (docs/adr/0011): a process that binds and exits at once has no /proc
 * entry by the time that user space looks.
 */
#pragma once

#include "cgroups.bpf.h"
#include "descent.bpf.h"

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
    __u64 own;

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
    own = bw_own_pid(leader);
    process->ns_pid = own;
    process->pidns = own >> 32;
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
    if (mm)
        scratch->process.exe_bytes = bw_append_exe(slot, (__u64)mm);
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
