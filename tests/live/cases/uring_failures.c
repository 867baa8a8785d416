// SPDX-License-Identifier: Apache-2.0
/* What fails in io_uring is told with the address asked for, though no system call returns its errno. */
#include "case_uring.h"

#include <errno.h>
#include <linux/io_uring.h>

static void fail(struct case_uring* ring, const struct case_claim* claim, const char* address, uint32_t port,
                 unsigned flags, int error) {
    const union case_address wanted = case_address(AF_INET, address, port);
    case_require(case_uring_bind(ring, claim->fd, &wanted, flags) == error, "bind fails as it should");
    case_expect_bind_failure(claim, &wanted, error);
}

int main(void) {
    case_begin();
    struct case_uring ring = case_uring_open(false);
    case_own_netns();
    struct case_claim holder = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim late = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim udp = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&holder, "127.0.0.1", 1683);
    fail(&ring, &late, "127.0.0.1", 1683, 0, EADDRINUSE);
    fail(&ring, &late, "203.0.113.1", 1684, 0, EADDRNOTAVAIL);
    fail(&ring, &holder, "127.0.0.1", 1684, 0, EINVAL);
    case_bind(&udp, "127.0.0.1", 1683);
    case_require(case_uring_listen(&ring, udp.fd, 4, 0) == EOPNOTSUPP, "listen fails");
    case_expect_listen_failure(&udp, EOPNOTSUPP);
    case_acts_as_thread(0); /* one of the kernel's workers, which may be gone */
    fail(&ring, &late, "127.0.0.1", 1683, IOSQE_ASYNC, EADDRINUSE);
    case_acts_as_thread(-1);
    case_close(&udp);
    case_close(&late);
    case_close(&holder);
    return 0;
}
