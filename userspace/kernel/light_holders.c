/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/light_snapshot.h"
/* Wants what that includes before it. */
#include "holders.lskel.h"

BW_DEFINE_LIGHT_SNAPSHOT(holders, (void)0, loaded->files = skeleton->progs.bw_dump_tasks.prog_fd;
                         loaded->tcp = skeleton->progs.bw_dump_tcp.prog_fd;
                         loaded->udp = skeleton->progs.bw_dump_udp.prog_fd;
                         loaded->only_port = &skeleton->bss->bw_only_port)
