/* SPDX-License-Identifier: Apache-2.0 */
/* cgroups of the case's own, which go away with the process that made them. */
#ifndef BINDWATCH_CASE_CGROUP_H
#define BINDWATCH_CASE_CGROUP_H

#include "case.h"

/* The process enters a fresh cgroup below the one that it is in. Returns its directory. Skips without
 * cgroup2. */
int case_own_cgroup(void);
/* Makes one a level further down, without entering it. */
void case_deeper_cgroup(const char* name);
/* Enters the deepest one. From now on each line tells it. */
void case_enter_cgroup(void);

#endif
