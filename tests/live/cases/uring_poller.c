// SPDX-License-Identifier: Apache-2.0
/*
 * IORING_SETUP_SQPOLL: a thread of the kernel that calls itself iou-sqp-PID makes the calls; pid, comm, exe
 * and args are those of the process that asked for them.
 */
#include "case_uring.h"

#include <errno.h>

int main(void) {
    case_begin();
    case_own_netns();
    struct case_uring ring = case_uring_open(true);
    const union case_address wanted = case_address(AF_INET, "127.0.0.1", 1683);
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim late = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim unbound = case_open(AF_INET6, SOCK_STREAM, 0);
    case_acts_as_thread(ring.poller);
    case_require(case_uring_bind(&ring, claim.fd, &wanted, 0) == 0, "bind");
    case_expect_bind(&claim, 1683);
    case_require(case_uring_bind(&ring, late.fd, &wanted, 0) == EADDRINUSE, "bind fails");
    case_expect_bind_failure(&late, &wanted, EADDRINUSE);
    case_require(case_uring_listen(&ring, claim.fd, 4, 0) == 0, "listen");
    case_expect_listen(&claim, 4);
    case_require(case_uring_listen(&ring, unbound.fd, 4, 0) == 0, "listen");
    case_expect_listen(&unbound, 4);
    case_acts_as_thread(-1);
    case_close(&claim);
    case_close(&unbound);
    case_close(&late);
    return 0;
}
