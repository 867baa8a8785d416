/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/light_skeleton.h"
#include "kernel/loaded_snapshot.h"
/* Wants errno.h before it. */
#include "holders.lskel.h"

static void destroy(void* owner) {
    holders__destroy(owner);
}

int bw_load_light_holders(struct bw_loaded_snapshot* loaded) {
    struct holders* skeleton = holders__open();
    int failed;

    if (!skeleton)
        return -ENOMEM;
    skeleton->rodata->bw_snapshot.connections = 1;
    skeleton->maps.bw_claims.max_entries = 1; /* takes no notes */
    failed = holders__load(skeleton);
    if (failed) {
        holders__destroy(skeleton);
        return failed < 0 ? failed : -EINVAL;
    }
    loaded->files = skeleton->progs.bw_dump_tasks.prog_fd;
    loaded->tcp = skeleton->progs.bw_dump_tcp.prog_fd;
    loaded->udp = skeleton->progs.bw_dump_udp.prog_fd;
    loaded->only_port = &skeleton->bss->bw_only_port;
    loaded->owner = skeleton;
    loaded->destroy = destroy;
    return 0;
}
