// SPDX-License-Identifier: Apache-2.0
/*
 * A bound socket whose connect is refused: the reset, which comes in softirq, makes it give up a port that
 * the kernel chose; one that the program named stays (net/ipv4/tcp.c, tcp_set_state). Then it can be bound
 * again.
 */
#include "case.h"

#include <errno.h>

static void refuse(int family, const char* address) {
    const union case_address nobody = case_address(family, address, 1);
    struct case_claim named = case_open(family, SOCK_STREAM, 0);
    case_bind(&named, address, 1683);
    case_require(connect(named.fd, &nobody.any, case_size(&nobody)) == -1 && errno == ECONNREFUSED,
                 "refused");
    case_bind_fails(&named, address, 1684, EINVAL);
    case_close(&named);

    struct case_claim chosen = case_open(family, SOCK_STREAM, 0);
    case_bind(&chosen, address, 0);
    case_expect_release(&chosen);
    case_require(connect(chosen.fd, &nobody.any, case_size(&nobody)) == -1 && errno == ECONNREFUSED,
                 "refused");
    case_bind(&chosen, address, 1683);
    case_listen(&chosen, 4);
    case_close(&chosen);
}

int main(void) {
    case_begin();
    case_own_netns();
    refuse(AF_INET, "127.0.0.1");
    refuse(AF_INET6, "::1");
    return 0;
}
