// SPDX-License-Identifier: Apache-2.0
/* IOSQE_ASYNC: one of the kernel's workers (iou-wrk-PID) makes the calls; comm is still the process's own. */
#include "case_uring.h"

#include <linux/io_uring.h>

static void serve(struct case_uring* ring, int family, const char* address) {
    const union case_address wanted = case_address(family, address, 1683);
    struct case_claim tcp = case_open(family, SOCK_STREAM, 0);
    struct case_claim udp = case_open(family, SOCK_DGRAM, 0);
    struct case_claim unbound = case_open(family, SOCK_STREAM, 0);
    case_acts_as_thread(0); /* which worker it is cannot be known: it may be gone */
    case_require(case_uring_bind(ring, tcp.fd, &wanted, IOSQE_ASYNC) == 0, "bind");
    case_expect_bind(&tcp, 1683);
    case_require(case_uring_bind(ring, udp.fd, &wanted, IOSQE_ASYNC) == 0, "bind");
    case_expect_bind(&udp, 1683);
    case_require(case_uring_listen(ring, tcp.fd, 4, IOSQE_ASYNC) == 0, "listen");
    case_expect_listen(&tcp, 4);
    case_require(case_uring_listen(ring, unbound.fd, 4, IOSQE_ASYNC) == 0, "listen");
    case_expect_listen(&unbound, 4);
    case_acts_as_thread(-1);
    case_close(&tcp);
    case_close(&udp);
    case_close(&unbound);
}

int main(void) {
    case_begin();
    struct case_uring ring = case_uring_open(false);
    case_own_netns();
    serve(&ring, AF_INET, "127.0.0.1");
    serve(&ring, AF_INET6, "::1");
    return 0;
}
