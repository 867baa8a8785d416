// SPDX-License-Identifier: Apache-2.0
/* What fails in a 32-bit system call is told as any other failure. */
#include "case_i386.h"

#include <errno.h>

typedef int (*bind_call)(int fd, const union case_address* address);

static void fail(bind_call call, const struct case_claim* claim, const char* address, uint32_t port,
                 int error) {
    const union case_address wanted = case_address(AF_INET, address, port);
    case_require(call(claim->fd, &wanted) == error, "bind fails as it should");
    case_expect_bind_failure(claim, &wanted, error);
}

int main(void) {
    case_begin();
    case_i386_begin();
    case_own_netns();
    struct case_claim holder = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim late = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim udp = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&holder, "127.0.0.1", 1683);
    fail(case_i386_bind, &late, "127.0.0.1", 1683, EADDRINUSE);
    fail(case_socketcall_bind, &late, "127.0.0.1", 1683, EADDRINUSE);
    fail(case_i386_bind, &late, "203.0.113.1", 1684, EADDRNOTAVAIL);
    fail(case_socketcall_bind, &holder, "127.0.0.1", 1684, EINVAL);
    case_bind(&udp, "127.0.0.1", 1683);
    case_require(case_i386_listen(udp.fd, 4) == EOPNOTSUPP, "listen fails");
    case_expect_listen_failure(&udp, EOPNOTSUPP);
    case_require(case_socketcall_listen(udp.fd, 4) == EOPNOTSUPP, "listen fails");
    case_expect_listen_failure(&udp, EOPNOTSUPP);
    /* No socket, no claim. */
    const union case_address wanted = case_address(AF_INET, "127.0.0.1", 1685);
    case_require(case_i386_bind(999, &wanted) == EBADF && case_i386_listen(999, 1) == EBADF, "EBADF");
    case_close(&udp);
    case_close(&late);
    case_close(&holder);
    return 0;
}
