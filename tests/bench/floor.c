/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_floor PROGRAM…: attaches those programs of floor.bpf.c (cgroup programs at the cgroup2 root, for
 * everyone), prints "ready" and stays until SIGINT or SIGTERM. With ring_bind4 it prints "bind PORT" per
 * record, from the smallest reader there is: epoll on the ring and one write per record.
 */
#include "floor.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stopping;

static void on_signal(int number) {
    (void)number;
    stopping = 1;
}

static void die(const char* what) {
    fprintf(stderr, "bench_floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_cgroup_root(void) {
    FILE* mounts = setmntent("/proc/self/mounts", "r");
    if (mounts == NULL) {
        die("/proc/self/mounts");
    }
    int fd = -1;
    for (struct mntent* entry = getmntent(mounts); entry != NULL && fd < 0; entry = getmntent(mounts)) {
        if (strcmp(entry->mnt_type, "cgroup2") == 0) {
            fd = open(entry->mnt_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        }
    }
    endmntent(mounts);
    if (fd < 0) {
        die("cgroup2");
    }
    return fd;
}

static int wanted(const char* name, char** names) {
    for (; *names != NULL; ++names) {
        if (strcmp(name, *names) == 0) {
            return 1;
        }
    }
    return 0;
}

static void attach(struct bpf_program* program, int cgroup) {
    const enum bpf_prog_type type = bpf_program__type(program);
    const int on_cgroup = type == BPF_PROG_TYPE_CGROUP_SOCK || type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR ||
                          type == BPF_PROG_TYPE_SOCK_OPS;
    struct bpf_link* link =
        on_cgroup ? bpf_program__attach_cgroup(program, cgroup) : bpf_program__attach(program);
    if (link == NULL) {
        die(bpf_program__name(program)); /* a link that stays open until exit */
    }
}

static int on_record(void* context, void* data, size_t size) {
    (void)context;
    (void)size;
    const unsigned long long* record = data;
    char line[64];
    const int length = snprintf(line, sizeof(line), "bind %llu\n", record[1]);
    return write(STDOUT_FILENO, line, (size_t)length) == length ? 0 : -EIO;
}

int main(int argc, char** argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: bench_floor PROGRAM…\n");
        return 2;
    }
    struct floor* skeleton = floor__open();
    if (skeleton == NULL) {
        die("open");
    }
    struct bpf_program* program = NULL;
    int found = 0;
    bpf_object__for_each_program(program, skeleton->obj) {
        const int want = wanted(bpf_program__name(program), argv + 1);
        bpf_program__set_autoload(program, want != 0);
        found += want;
    }
    if (found != argc - 1) {
        fprintf(stderr, "bench_floor: unknown program among the %d named\n", argc - 1);
        return 2;
    }
    if (floor__load(skeleton) != 0) {
        die("load");
    }
    const int cgroup = open_cgroup_root();
    bpf_object__for_each_program(program, skeleton->obj) {
        if (bpf_program__autoload(program)) {
            attach(program, cgroup);
        }
    }
    const struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct ring_buffer* ring = ring_buffer__new(bpf_map__fd(skeleton->maps.ring), on_record, NULL, NULL);
    if (ring == NULL) {
        die("ring_buffer__new");
    }
    printf("ready\n");
    fflush(stdout);
    while (!stopping) {
        ring_buffer__poll(ring, -1);
    }
    ring_buffer__free(ring);
    floor__destroy(skeleton);
    return 0;
}
