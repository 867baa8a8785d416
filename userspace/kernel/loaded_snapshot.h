/* SPDX-License-Identifier: Apache-2.0 */
/* What loading the snapshot's programs yields. In C, as loaded_plan.h is. */
#ifndef BINDWATCH_LOADED_SNAPSHOT_H
#define BINDWATCH_LOADED_SNAPSHOT_H

#include <bindwatch/event_abi.h>
#include <bindwatch/snapshot_abi.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bw_snapshot_settings {
    const struct bw_config* config;
    const __u64* ports; /* BW_PORT_WORDS words */
    struct bw_snapshot_config snapshot;
};

struct bw_loaded_snapshot {
    int files; /* program descriptors, owned by the skeleton; this one goes over the descriptors of processes
                */
    int tcp;
    int udp;
    volatile __u32*
        only_port; /* of the holders' programs: the port that they look for, read at each socket */
    void* owner;   /* the skeleton */
    void (*destroy)(void* owner);
};

/* 0, or a negative errno; then *loaded is untouched. The caller calls destroy(owner) when it is done. */
int bw_load_light_snapshot(const struct bw_snapshot_settings* settings, struct bw_loaded_snapshot* loaded);

/* Likewise of the programs that look for who has a port. */
int bw_load_light_holders(struct bw_loaded_snapshot* loaded);

#ifdef __cplusplus
}
#endif

#endif
