// SPDX-License-Identifier: Apache-2.0
#include "case_bpf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int home = -1; /* the cgroup that the process was in */
static int group = -1;
static int program = -1;
static char name[64];

/* Where cgroup2 is mounted, and below that the process's own group. */
static int open_home(void) {
    char line[4096];
    char mounted[1024] = "";
    char own[2048] = "";
    FILE* file = fopen("/proc/self/mounts", "re");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        char kind[64] = "";
        char where[1024] = "";
        if (sscanf(line, "%*s %1023s %63s", where, kind) == 2 && strcmp(kind, "cgroup2") == 0) {
            strcpy(mounted, where);
        }
    }
    if (file == NULL || mounted[0] == '\0') {
        case_skip("no cgroup2 is mounted");
    }
    fclose(file);
    file = fopen("/proc/self/cgroup", "re");
    case_require(file != NULL, "/proc/self/cgroup");
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "0::", 3) == 0) {
            snprintf(own, sizeof(own), "%s%.*s", mounted, (int)strcspn(line + 3, "\n"), line + 3);
        }
    }
    fclose(file);
    return open(own, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void enter(int folder) {
    const int procs = openat(folder, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    case_require(procs >= 0 && write(procs, "0", 1) == 1, "the process enters the cgroup");
    close(procs);
}

static void leave(void) {
    if (group >= 0) {
        enter(home);
        unlinkat(home, name, AT_REMOVEDIR);
    }
}

void case_own_cgroup(void) {
    home = open_home();
    snprintf(name, sizeof(name), "bindwatch-case-%d", (int)getpid());
    if (home < 0 || mkdirat(home, name, 0755) != 0) {
        case_skip("no cgroup of its own can be made");
    }
    group = openat(home, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    case_require(group >= 0, name);
    atexit(leave);
    enter(group);
}

static int bpf(int command, union bpf_attr* attributes) {
    return (int)syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static union bpf_attr attachment(enum bpf_attach_type point) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof(attributes));
    attributes.target_fd = (unsigned)group;
    attributes.attach_bpf_fd = (unsigned)program;
    attributes.attach_type = point;
    return attributes;
}

void case_forbid(enum bpf_prog_type type, enum bpf_attach_type point) {
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
    program = bpf(BPF_PROG_LOAD, &attributes);
    if (program < 0) {
        case_skip("no cgroup program can be loaded");
    }
    attributes = attachment(point);
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    case_require(bpf(BPF_PROG_ATTACH, &attributes) == 0, "the program is attached");
}

void case_allow(enum bpf_attach_type point) {
    union bpf_attr attributes = attachment(point);
    case_require(bpf(BPF_PROG_DETACH, &attributes) == 0, "the program is detached");
    close(program);
}
