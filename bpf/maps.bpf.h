/* SPDX-License-Identifier: GPL-2.0-only */
/* What every object has: settings, and the claims that exist. */
#pragma once

#include <linux/bpf.h>
#include <stddef.h>

#include <vmlinux.h>

#include <bindwatch/event_abi.h>
#include <bpf/bpf_helpers.h>

/* Until user space says otherwise: everything. */
const volatile struct bw_config bw_config = {.events = ~0U, .want_success = 1, .want_failure = 1};
const volatile __u64 bw_ports[BW_PORT_WORDS] = {}; /* bit set: the port passes --port and --exclude-port */

/* The state machine: which socket (by its address) holds a port. */
struct bw_claim {
    struct bw_socket socket;
    struct bw_holder holder;
};
#ifndef BW_CLAIMS_TYPE
#define BW_CLAIMS_TYPE BPF_MAP_TYPE_HASH
#define BW_CLAIMS_FLAGS BPF_F_NO_PREALLOC /* memory for the claims that there are: most machines have few */
#endif
struct {
    __uint(type, BW_CLAIMS_TYPE);
    __uint(map_flags, BW_CLAIMS_FLAGS);
    __uint(max_entries, BW_DEFAULT_CLAIMS);
    __type(key, __u64);
    __type(value, struct bw_claim);
} bw_claims SEC(".maps");
/* Those whose end no hook of plan cgroup sees. */
#ifdef BW_ENDLESS_CLAIMS
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u64);
    __type(value, struct bw_claim);
} bw_endless_claims SEC(".maps");
#endif
