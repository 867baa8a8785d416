/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/light_skeleton.h"
#include "kernel/loaded_snapshot.h"
#include "snapshot.lskel.h"

static void destroy(void* owner) {
    snapshot__destroy(owner);
}

int bw_load_light_snapshot(const struct bw_snapshot_settings* settings, struct bw_loaded_snapshot* loaded) {
    struct snapshot* skeleton = snapshot__open();
    int failed;

    if (!skeleton)
        return -ENOMEM;
    skeleton->rodata->bw_config = *settings->config;
    memcpy(skeleton->rodata->bw_ports, settings->ports, sizeof(skeleton->rodata->bw_ports));
    skeleton->rodata->bw_snapshot = settings->snapshot;
    skeleton->maps.bw_claims.max_entries = 1; /* takes no notes */
    failed = snapshot__load(skeleton);
    if (failed) {
        snapshot__destroy(skeleton);
        return failed < 0 ? failed : -EINVAL;
    }
    loaded->files = skeleton->progs.bw_dump_files.prog_fd;
    loaded->tcp = skeleton->progs.bw_dump_tcp.prog_fd;
    loaded->udp = skeleton->progs.bw_dump_udp.prog_fd;
    loaded->owner = skeleton;
    loaded->destroy = destroy;
    return 0;
}
