/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels and architectures beyond the offsets of fields. */
#pragma once

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

#include <vmlinux.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/*
 * Functions that call one another have 512 bytes of stack together, each rounded up to 32: what stands in a function of its
 * own gives its part back. But libbpf's light loader takes 32 functions of an object, programs included (MAX_USED_PROGS in
 * gen_loader.c): an object of many programs does without these.
 */
#ifdef BW_MANY_PROGRAMS
#define BW_PART static __always_inline
#else
#define BW_PART static __noinline
#endif

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

#define BW_KERNEL_STACK (16 << 10)

#define BW_AF_INET 2
#define BW_AF_INET6 10
#define BW_AF_VSOCK 40

/* 6.15: kernfs_node.parent became RCU-protected and is called __parent (commit 633488947ef6). */
struct kernfs_node___before_6_15 {
    struct kernfs_node *parent;
} __attribute__((preserve_access_index));
struct kernfs_node___since_6_15 {
    struct kernfs_node *__parent;
} __attribute__((preserve_access_index));

static __always_inline struct kernfs_node *bw_kernfs_parent(struct kernfs_node *node)
{
    struct kernfs_node___since_6_15 *since = (void *)node;
    struct kernfs_node___before_6_15 *before = (void *)node;

    if (bpf_core_field_exists(since->__parent))
        return BPF_CORE_READ(since, __parent);
    return BPF_CORE_READ(before, parent);
}

/* 6.6: inet_sock's bit fields became bits of inet_flags (commit c274af224269 and its series). */
#define BW_INET_FLAGS_FREEBIND 11
#define BW_INET_FLAGS_TRANSPARENT 15
struct inet_sock___before_6_6 {
    __u8 freebind : 1;
    __u8 transparent : 1;
} __attribute__((preserve_access_index));

static __always_inline void bw_inet_options(struct sock *sk, bool *freebind, bool *transparent)
{
    struct inet_sock *since = (void *)sk;
    struct inet_sock___before_6_6 *before = (void *)sk;

    if (bpf_core_field_exists(since->inet_flags)) {
        unsigned long flags = BPF_CORE_READ(since, inet_flags);

        *freebind = flags >> BW_INET_FLAGS_FREEBIND & 1;
        *transparent = flags >> BW_INET_FLAGS_TRANSPARENT & 1;
    } else {
        *freebind = BPF_CORE_READ_BITFIELD_PROBED(before, freebind);
        *transparent = BPF_CORE_READ_BITFIELD_PROBED(before, transparent);
    }
}

struct pt_regs___x86_64 {
    unsigned long di;
} __attribute__((preserve_access_index));
struct pt_regs___arm64 {
    unsigned long orig_x0;
} __attribute__((preserve_access_index));

/*
 * The registers of the system call that the current task is in. bpf_task_pt_regs is Linux 5.15's; before, they stand at the
 * end of the kernel stack, whose size no debug option of a distribution's kernel changes.
 */
static __always_inline struct pt_regs *bw_task_registers(void)
{
    struct task_struct *task;

    if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
        return (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
    task = (void *)bpf_get_current_task();
    return BPF_CORE_READ(task, stack) + BW_KERNEL_STACK - bpf_core_type_size(struct pt_regs___x86_64);
}

/* The first argument of the system call that the current task is leaving. arm64 returns in its register. */
static __always_inline int bw_syscall_fd(struct pt_regs *regs)
{
    struct pt_regs___x86_64 *x86_64 = (void *)regs;
    struct pt_regs___arm64 *arm64 = (void *)regs;

    if (bpf_core_field_exists(x86_64->di))
        return BPF_CORE_READ(x86_64, di);
    if (bpf_core_field_exists(arm64->orig_x0))
        return BPF_CORE_READ(arm64, orig_x0);
    return -1;
}
