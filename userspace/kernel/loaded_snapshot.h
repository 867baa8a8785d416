/* SPDX-License-Identifier: Apache-2.0 */
/* What loading the programs that look at what exists yields. In C, as loaded_plan.h is. */
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
    int claims_fd; /* the map of claims of a plan at work, where notes are taken; -1: none are */
    __u32 seen;    /* sockets to have room for in bw_seen, 1 to BW_SNAPSHOT_SEEN */
};

struct bw_loaded_snapshot {
    int files; /* program descriptors, owned by the skeleton; this one goes over the descriptors of processes
                */
    int tcp;   /* these go over the sockets of a network namespace */
    int udp;
    volatile __u32*
        only_port; /* of the holders' programs: the port that they look for, read at each socket */
    void* owner;   /* the skeleton */
    void (*destroy)(void* owner);
};

/*
 * bpf/NAME.bpf.c: held has `files`, unheld_tcp `tcp`, unheld_udp `udp`, holders all three; those that an
 * object has not stay as they were. 0, or a negative errno; then *loaded is untouched. The caller calls
 * destroy(owner) when it is done.
 */
int bw_load_light_held(const struct bw_snapshot_settings* settings, struct bw_loaded_snapshot* loaded);
int bw_load_light_unheld_tcp(const struct bw_snapshot_settings* settings, struct bw_loaded_snapshot* loaded);
int bw_load_light_unheld_udp(const struct bw_snapshot_settings* settings, struct bw_loaded_snapshot* loaded);
int bw_load_light_holders(const struct bw_snapshot_settings* settings, struct bw_loaded_snapshot* loaded);

#ifdef __cplusplus
}
#endif

#endif
