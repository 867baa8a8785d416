/* SPDX-License-Identifier: Apache-2.0 */
/* A cgroup of the case's own, with somebody else's BPF program on it that forbids. */
#ifndef BINDWATCH_CASE_BPF_H
#define BINDWATCH_CASE_BPF_H

#include "case.h"

#include <linux/bpf.h>

/* The process enters a fresh cgroup below its own, which the end of the program removes. Skips without
 * cgroup2. */
void case_own_cgroup(void);
/* Attaches a program that answers "no" to whatever is asked at this point. */
void case_forbid(enum bpf_prog_type type, enum bpf_attach_type point);
void case_allow(enum bpf_attach_type point);

#endif
