// SPDX-License-Identifier: Apache-2.0
/* A thread binds through io_uring, then with system calls: what the first has left behind is not taken for
 * the second's. */
#include "case_uring.h"

#include <errno.h>

int main(void) {
    case_begin();
    if (!case_has(AF_VSOCK, SOCK_STREAM, 0)) {
        case_skip("this kernel has no vsock");
    }
    struct case_uring ring = case_uring_open(false);
    case_own_netns();
    const union case_address wanted = case_address(AF_INET, "127.0.0.1", 1683);
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_require(case_uring_bind(&ring, claim.fd, &wanted, 0) == 0, "bind");
    case_expect_bind(&claim, 1683);

    struct case_claim vsock = case_open(AF_VSOCK, SOCK_STREAM, 0);
    case_bind(&vsock, "4294967295", 4000001690U);
    case_close(&vsock);

    case_require(case_uring_listen(&ring, claim.fd, 4, 0) == 0, "listen");
    case_expect_listen(&claim, 4);
    case_require(bind(claim.fd, (const struct sockaddr*)1, sizeof(wanted.v4)) != 0 && errno == EFAULT,
                 "EFAULT");
    case_expect_bind_failure(&claim, NULL, EFAULT);
    case_close(&claim);
    return 0;
}
