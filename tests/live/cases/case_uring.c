// SPDX-License-Identifier: Apache-2.0
#include "case_uring.h"

#include <dirent.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* enum io_uring_op of 6.11; older headers end before. */
enum { OP_BIND = 56, OP_LISTEN = 57, ENTRIES = 4, PROBED_OPS = 64 };

static int register_with(int fd, unsigned what, const void* argument, unsigned count) {
    return (int)syscall(SYS_io_uring_register, fd, what, argument, count);
}

static bool has_bind(int fd) {
    struct {
        struct io_uring_probe probe;
        struct io_uring_probe_op ops[PROBED_OPS];
    } asked;
    memset(&asked, 0, sizeof(asked));
    return register_with(fd, IORING_REGISTER_PROBE, &asked, PROBED_OPS) == 0 &&
           asked.probe.last_op >= OP_LISTEN && (asked.ops[OP_LISTEN].flags & IO_URING_OP_SUPPORTED) != 0;
}

/* The thread of this process that the kernel made for the ring; it calls itself iou-sqp-PID. */
static pid_t find_poller(void) {
    DIR* tasks = opendir("/proc/self/task");
    case_require(tasks != NULL, "/proc/self/task");
    pid_t found = 0;
    for (const struct dirent* entry = NULL; found == 0 && (entry = readdir(tasks)) != NULL;) {
        char path[300];
        char comm[64] = "";
        snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
        FILE* file = fopen(path, "re");
        if (file != NULL) {
            if (fgets(comm, sizeof(comm), file) != NULL && strncmp(comm, "iou-sqp-", 8) == 0) {
                found = (pid_t)strtol(entry->d_name, NULL, 10);
            }
            fclose(file);
        }
    }
    closedir(tasks);
    return found;
}

static void* map(int fd, size_t bytes, uint64_t what) {
    void* at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, (off_t)what);
    case_require(at != MAP_FAILED, "the ring's memory");
    return at;
}

struct case_uring case_uring_open(bool with_poller) {
    struct io_uring_params params;
    memset(&params, 0, sizeof(params));
    if (with_poller) {
        params.flags = IORING_SETUP_SQPOLL;
        params.sq_thread_idle = 1000;
    }
    struct case_uring ring = {.fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &params),
                              .setup_flags = params.flags};
    if (ring.fd < 0) {
        case_skip("no io_uring: the kernel has none or kernel.io_uring_disabled forbids it");
    }
    if (!has_bind(ring.fd)) {
        case_skip("this kernel's io_uring has no bind and listen (6.11)");
    }
    char* queue =
        map(ring.fd, params.sq_off.array + params.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
    char* done = map(ring.fd, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe),
                     IORING_OFF_CQ_RING);
    ring.requests = map(ring.fd, params.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
    ring.sq_tail = (unsigned*)(void*)(queue + params.sq_off.tail);
    ring.sq_flags = (unsigned*)(void*)(queue + params.sq_off.flags);
    ring.sq_mask = params.sq_entries - 1;
    ring.cq_head = (unsigned*)(void*)(done + params.cq_off.head);
    ring.cq_tail = (unsigned*)(void*)(done + params.cq_off.tail);
    ring.cq_mask = params.cq_entries - 1;
    ring.results = done + params.cq_off.cqes;
    unsigned* array = (unsigned*)(void*)(queue + params.sq_off.array);
    for (unsigned i = 0; i < params.sq_entries; ++i) {
        array[i] = i;
    }
    while (with_poller && ring.poller == 0) {
        ring.poller = find_poller(); /* it takes its name when it first runs */
    }
    return ring;
}

static int enter(const struct case_uring* ring) {
    unsigned flags = IORING_ENTER_GETEVENTS;
    if ((ring->setup_flags & IORING_SETUP_SQPOLL) != 0 &&
        (__atomic_load_n(ring->sq_flags, __ATOMIC_ACQUIRE) & IORING_SQ_NEED_WAKEUP) != 0) {
        flags |= IORING_ENTER_SQ_WAKEUP;
    }
    return (int)syscall(SYS_io_uring_enter, ring->fd, 1, 1, flags, NULL, 0);
}

static int submit(struct case_uring* ring, const struct io_uring_sqe* request) {
    const unsigned tail = *ring->sq_tail;
    ((struct io_uring_sqe*)ring->requests)[tail & ring->sq_mask] = *request;
    __atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_SEQ_CST);
    case_require(enter(ring) >= 0, "io_uring_enter");
    const unsigned head = *ring->cq_head;
    case_require(__atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE) != head, "the request is done");
    const int result = ((const struct io_uring_cqe*)ring->results)[head & ring->cq_mask].res;
    __atomic_store_n(ring->cq_head, head + 1, __ATOMIC_RELEASE);
    return result < 0 ? -result : 0;
}

int case_uring_bind(struct case_uring* ring, int fd, const union case_address* address, unsigned flags) {
    const struct io_uring_sqe request = {.opcode = OP_BIND,
                                         .flags = (__u8)flags,
                                         .fd = fd,
                                         .addr = (uintptr_t)address,
                                         .addr2 = case_size(address)};
    return submit(ring, &request);
}

int case_uring_listen(struct case_uring* ring, int fd, int backlog, unsigned flags) {
    const struct io_uring_sqe request = {
        .opcode = OP_LISTEN, .flags = (__u8)flags, .fd = fd, .len = (unsigned)backlog};
    return submit(ring, &request);
}

int case_uring_close(struct case_uring* ring, int fd) {
    const struct io_uring_sqe request = {.opcode = IORING_OP_CLOSE, .fd = fd};
    return submit(ring, &request);
}

void case_uring_register(const struct case_uring* ring, int fd) {
    case_require(register_with(ring->fd, IORING_REGISTER_FILES, &fd, 1) == 0, "IORING_REGISTER_FILES");
}

void case_uring_unregister(const struct case_uring* ring) {
    case_require(register_with(ring->fd, IORING_UNREGISTER_FILES, NULL, 0) == 0, "IORING_UNREGISTER_FILES");
}

void case_uring_end(struct case_uring* ring) {
    close(ring->fd);
    ring->fd = -1;
}
