/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/light_snapshot.h"
/* Wants what that includes before it. */
#include "unheld_tcp.lskel.h"

BW_DEFINE_LIGHT_SNAPSHOT(unheld_tcp, (void)0, loaded->tcp = skeleton->progs.bw_dump_tcp.prog_fd)
