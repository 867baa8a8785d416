/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths of executables and cgroups: the kernel has them as chains of names, which are read leaf first. */
#pragma once

#include "compat.bpf.h"
#include "records.bpf.h"

#define BW_PATH_DEPTH 64
#define BW_NAME_MAX 256 /* NAME_MAX and its NUL */

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
 * The executable's path, leaf first, across mounts up to the root of the mount namespace. Returns its bytes. `mm` is a
 * struct mm_struct *. This and what follows are global functions, which take numbers only: the verifier checks them once, not
 * again for each path that leads to them.
 */
__noinline __u32 bw_append_exe(__u32 slot, __u64 mm)
{
    struct bw_scratch *scratch = bw_scratch_at(slot);
    struct file *exe = BPF_CORE_READ((struct mm_struct *)mm, exe_file);
    struct vfsmount *vfsmount = BPF_CORE_READ(exe, f_path.mnt);
    struct bw_file_walk walk = {.scratch = scratch};
    __u32 start;

    if (!scratch || !exe)
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
