/* SPDX-License-Identifier: Apache-2.0 */
/* As much of io_uring(7) as a case needs: one request at a time, by bare system calls. */
#ifndef BINDWATCH_CASE_URING_H
#define BINDWATCH_CASE_URING_H

#include "case.h"

struct case_uring {
    int fd;
    unsigned setup_flags;
    unsigned* sq_tail;
    unsigned* sq_flags;
    unsigned* cq_head;
    unsigned* cq_tail;
    void* requests;
    void* results;
    unsigned sq_mask;
    unsigned cq_mask;
    pid_t poller; /* the kernel's thread that submits, 0 without one */
};

/* Skips the case where the kernel has no io_uring, or none with bind and listen (6.11). */
struct case_uring case_uring_open(bool with_poller);
/* Each returns what the system call would: 0, or an errno. `flags`: IOSQE_*. */
int case_uring_bind(struct case_uring* ring, int fd, const union case_address* address, unsigned flags);
int case_uring_listen(struct case_uring* ring, int fd, int backlog, unsigned flags);
int case_uring_close(struct case_uring* ring, int fd);
/* Puts a descriptor into the ring's own table, as its only entry: 0 is its number there. */
void case_uring_register(const struct case_uring* ring, int fd);
void case_uring_unregister(const struct case_uring* ring);
void case_uring_end(struct case_uring* ring);

#endif
