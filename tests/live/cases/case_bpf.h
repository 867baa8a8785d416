/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody else's BPF program on a cgroup of the case's own, which forbids. */
#ifndef BINDWATCH_CASE_BPF_H
#define BINDWATCH_CASE_BPF_H

#include "case.h"

#include <linux/bpf.h>

/* Attaches a program that answers "no" to whatever is asked at this point. */
void case_forbid(int cgroup, enum bpf_prog_type type, enum bpf_attach_type point);
void case_allow(int cgroup, enum bpf_attach_type point);

#endif
