/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What loading a plan's programs yields, whichever of bpftool's two skeletons did it. In C, because bpftool's
 * light skeletons are not C++.
 */
#ifndef BINDWATCH_LOADED_PLAN_H
#define BINDWATCH_LOADED_PLAN_H

#include <bindwatch/event_abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BW_MAX_PROGRAMS 20

struct bw_program {
    const char* name; /* of its C function; lives as long as the plan */
    int fd;           /* owned by the plan */
};

struct bw_settings {
    const struct bw_config* config;
    const __u64* ports; /* BW_PORT_WORDS words */
    __u32 ring_bytes;
    __u32 claims; /* that the kernel side takes note of at a time */
    __u32 counts; /* struct bw_loss entries: the sum and each possible CPU */
    __u32 slots;  /* of a CPU, 20 KiB each, for records in the making: 1 to BW_MAX_SLOTS */
};

struct bw_loaded_plan {
    struct bw_program programs[BW_MAX_PROGRAMS];
    int program_count;
    int ring_fd;
    int counts_fd;
    int claims_fd;
    void* owner; /* the skeleton */
    void (*destroy)(void* owner);
};

/* 0, or a negative errno; then *plan is untouched. The caller calls destroy(owner) when it is done. */
int bw_load_light_cgroup(const struct bw_settings* settings, struct bw_loaded_plan* plan);
int bw_load_light_syscall(const struct bw_settings* settings, struct bw_loaded_plan* plan);
int bw_load_light_fentry(const struct bw_settings* settings, struct bw_loaded_plan* plan);

/* 1 if this kernel loads trampoline programs, else 0. */
int bw_probe_fentry(void);

#ifdef __cplusplus
}
#endif

#endif
