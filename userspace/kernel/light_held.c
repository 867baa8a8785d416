/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/light_snapshot.h"
/* Wants what that includes before it. */
#include "held.lskel.h"

BW_DEFINE_LIGHT_SNAPSHOT(held, skeleton->maps.bw_seen.max_entries = settings->seen,
                         loaded->files = skeleton->progs.bw_dump_files.prog_fd)
