/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/light_snapshot.h"
/* Wants what that includes before it. */
#include "unheld_udp.lskel.h"

BW_DEFINE_LIGHT_SNAPSHOT(unheld_udp, (void)0, loaded->udp = skeleton->progs.bw_dump_udp.prog_fd)
