/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of the filters that can be decided here, as an optimisation of userspace/filter: what is dropped here
 * would be dropped there. Settings are constants at load, so the verifier removes what is not asked for.
 */
#pragma once

#include "compat.bpf.h"
#include "maps.bpf.h"

#define BW_CGROUP_DEPTH 64

static __always_inline bool bw_wants_event(__u32 event)
{
    return bw_config.events >> event & 1;
}

static __always_inline bool bw_wants_socket(const struct bw_socket *socket, bool address_known)
{
    if (bw_config.by_port) {
        __u32 port = socket->port & 0xffff;

        if (address_known && socket->port != port) { /* vsock's are 32 bits wide: no list names them */
            if (bw_config.by_port == 1)
                return false;
        } else if (address_known ? !(bw_ports[port / 64] >> (port % 64) & 1) : bw_config.by_port == 1)
            return false;
    }
    if (bw_config.families) {
        __u32 bit = socket->family == BW_AF_VSOCK ? 2 : socket->family == BW_AF_INET6;

        if (!(bw_config.families >> bit & 1))
            return false;
    }
    if (bw_config.n_protocols) {
        bool found = false;

        for (int i = 0; i < BW_MAX_FILTER; i++)
            found |= i < (int)bw_config.n_protocols && bw_config.protocols[i] == socket->protocol;
        if (!found)
            return false;
    }
    return true;
}

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
