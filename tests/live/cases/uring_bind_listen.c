// SPDX-License-Identifier: Apache-2.0
/* io_uring binds, listens and closes without those system calls (6.11): told as any other. */
#include "case_uring.h"

static void serve(struct case_uring* ring, int family, int type, const char* address, uint32_t port) {
    const union case_address wanted = case_address(family, address, port);
    struct case_claim claim = case_open(family, type, 0);
    case_require(case_uring_bind(ring, claim.fd, &wanted, 0) == 0, "bind");
    case_expect_bind(&claim, port);
    if (type == SOCK_STREAM) {
        case_require(case_uring_listen(ring, claim.fd, 7, 0) == 0, "listen");
        case_expect_listen(&claim, 7);
    }
    case_expect_release(&claim);
    case_require(case_uring_close(ring, claim.fd) == 0, "close");
}

int main(void) {
    case_begin();
    struct case_uring ring = case_uring_open(false);
    case_own_netns();
    serve(&ring, AF_INET, SOCK_STREAM, "127.0.0.1", 1683);
    serve(&ring, AF_INET6, SOCK_STREAM, "::1", 0);
    serve(&ring, AF_INET, SOCK_DGRAM, "0.0.0.0", 1683);
    serve(&ring, AF_INET6, SOCK_DGRAM, "::1", 1683);
    return 0;
}
