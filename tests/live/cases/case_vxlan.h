/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports that the kernel itself claims: a VXLAN interface (RFC 7348) that comes up binds a UDP socket of each
 * family, and closes them when it goes down.
 */
#ifndef BINDWATCH_CASE_VXLAN_H
#define BINDWATCH_CASE_VXLAN_H

#include "case.h"

/* Makes the interface in the network namespace of the thread, down. Skips where the kernel has none. */
void case_make_vxlan(void);
/* Brings it up and tells the binds: of the kernel, of nobody's process. */
void case_vxlan_up(void);
/* The lines of the releases, which the caller is about to bring about. */
void case_expect_vxlan_releases(void);
void case_vxlan_down(void);

#endif
