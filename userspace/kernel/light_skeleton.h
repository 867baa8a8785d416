/* SPDX-License-Identifier: Apache-2.0 */
/* Writes bw_load_light_PLAN for the light skeleton that the file has included. */
#ifndef BINDWATCH_LIGHT_SKELETON_H
#define BINDWATCH_LIGHT_SKELETON_H

#include "kernel/loaded_plan.h"

#include <errno.h>
#include <string.h>

#define BW_PROGRAM(skeleton, function)                                                                       \
    { #function, (skeleton)->progs.function.prog_fd }

#define BW_DEFINE_LIGHT_LOADER(plan_name, loader, ...)                                                       \
    static void destroy(void* owner) {                                                                       \
        plan_name##__destroy(owner);                                                                         \
    }                                                                                                        \
    int loader(const struct bw_settings* settings, struct bw_loaded_plan* plan) {                            \
        struct plan_name* skeleton = plan_name##__open();                                                    \
        int failed;                                                                                          \
        if (!skeleton)                                                                                       \
            return -ENOMEM;                                                                                  \
        skeleton->rodata->bw_config = *settings->config;                                                     \
        memcpy(skeleton->rodata->bw_ports, settings->ports, sizeof(skeleton->rodata->bw_ports));             \
        skeleton->maps.bw_ring.max_entries = settings->ring_bytes;                                           \
        skeleton->maps.bw_claims.max_entries = settings->claims;                                             \
        skeleton->maps.bw_counts.max_entries = settings->counts;                                             \
        skeleton->maps.bw_scratch_slots.max_entries = settings->slots;                                       \
        failed = plan_name##__load(skeleton);                                                                \
        if (failed) {                                                                                        \
            plan_name##__destroy(skeleton);                                                                  \
            return failed < 0 ? failed : -EINVAL;                                                            \
        }                                                                                                    \
        const struct bw_program programs[] = {__VA_ARGS__};                                                  \
        _Static_assert(sizeof(programs) <= sizeof(plan->programs), "BW_MAX_PROGRAMS is enough");             \
        memcpy(plan->programs, programs, sizeof(programs));                                                  \
        plan->program_count = sizeof(programs) / sizeof(programs[0]);                                        \
        plan->ring_fd = skeleton->maps.bw_ring.map_fd;                                                       \
        plan->counts_fd = skeleton->maps.bw_counts.map_fd;                                                   \
        plan->claims_fd = skeleton->maps.bw_claims.map_fd;                                                   \
        plan->owner = skeleton;                                                                              \
        plan->destroy = destroy;                                                                             \
        return 0;                                                                                            \
    }

#endif
