/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/loaded_plan.h"
#include <errno.h>

#include "probe_fentry.lskel.h"

int bw_probe_fentry(void) {
    struct probe_fentry* skeleton = probe_fentry__open_and_load();

    if (!skeleton)
        return 0;
    probe_fentry__destroy(skeleton);
    return 1;
}
