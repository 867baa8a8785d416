/* SPDX-License-Identifier: Apache-2.0 */
/* Writes bw_load_light_NAME for the light skeleton that the file includes. */
#ifndef BINDWATCH_LIGHT_SNAPSHOT_H
#define BINDWATCH_LIGHT_SNAPSHOT_H

#include "kernel/loaded_snapshot.h"

#include <errno.h>
#include <string.h>

/* `set` is done before its programs are loaded, what follows with them: both know skeleton, settings and
 * loaded. */
#define BW_DEFINE_LIGHT_SNAPSHOT(object, set, ...)                                                           \
    static void destroy(void* owner) {                                                                       \
        object##__destroy(owner);                                                                            \
    }                                                                                                        \
    int bw_load_light_##object(const struct bw_snapshot_settings* settings,                                  \
                               struct bw_loaded_snapshot* loaded) {                                          \
        struct object* skeleton = object##__open();                                                          \
        int failed;                                                                                          \
        if (!skeleton)                                                                                       \
            return -ENOMEM;                                                                                  \
        skeleton->rodata->bw_config = *settings->config;                                                     \
        memcpy(skeleton->rodata->bw_ports, settings->ports, sizeof(skeleton->rodata->bw_ports));             \
        skeleton->rodata->bw_snapshot = settings->snapshot;                                                  \
        skeleton->maps.bw_claims.max_entries = 1; /* takes no notes */                                       \
        set;                                                                                                 \
        failed = object##__load(skeleton);                                                                   \
        if (failed) {                                                                                        \
            object##__destroy(skeleton);                                                                     \
            return failed < 0 ? failed : -EINVAL;                                                            \
        }                                                                                                    \
        __VA_ARGS__;                                                                                         \
        loaded->owner = skeleton;                                                                            \
        loaded->destroy = destroy;                                                                           \
        return 0;                                                                                            \
    }

#endif
