// SPDX-License-Identifier: Apache-2.0
#include "case_bpf.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int program = -1;

static int bpf(int command, union bpf_attr* attributes) {
    return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static union bpf_attr attachment(int cgroup, enum bpf_attach_type point) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof(attributes));
    attributes.target_fd = (unsigned)cgroup;
    attributes.attach_bpf_fd = (unsigned)program;
    attributes.attach_type = point;
    return attributes;
}

void case_forbid(int cgroup, enum bpf_prog_type type, enum bpf_attach_type point) {
    /* return 0; */
    const struct bpf_insn no[] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
                                  {.code = BPF_JMP | BPF_EXIT}};
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof(attributes));
    attributes.prog_type = type;
    attributes.expected_attach_type = point;
    attributes.insns = (uintptr_t)no;
    attributes.insn_cnt = sizeof(no) / sizeof(no[0]);
    attributes.license = (uintptr_t) "Apache-2.0";
    /* Until Linux 5.11 a program was locked memory. */
    const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_MEMLOCK, &all);
    program = bpf(BPF_PROG_LOAD, &attributes);
    if (program < 0) {
        case_skip("no cgroup program can be loaded");
    }
    attributes = attachment(cgroup, point);
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    case_require(bpf(BPF_PROG_ATTACH, &attributes) == 0, "the program is attached");
}

void case_allow(int cgroup, enum bpf_attach_type point) {
    union bpf_attr attributes = attachment(cgroup, point);
    case_require(bpf(BPF_PROG_DETACH, &attributes) == 0, "the program is detached");
    close(program);
}
