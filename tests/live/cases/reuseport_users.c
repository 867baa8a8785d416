// SPDX-License-Identifier: Apache-2.0
/* SO_REUSEPORT is for sockets of one user: another one's bind fails with EADDRINUSE. */
#include "case.h"

#include <errno.h>
#include <grp.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static void join_group(int family, int type, const char* address, int expected) {
    struct case_claim claim = case_open(family, type, 0);
    case_option(&claim, SOL_SOCKET, SO_REUSEPORT, 1);
    if (expected == 0) {
        case_bind(&claim, address, 1683);
    } else {
        case_bind_fails(&claim, address, 1683, expected);
    }
    case_close(&claim);
}

static void be_somebody_else(void* unused) {
    (void)unused;
    case_require(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0, "drops to nobody");
    join_group(AF_INET, SOCK_STREAM, "127.0.0.1", EADDRINUSE);
    join_group(AF_INET6, SOCK_DGRAM, "::1", EADDRINUSE);
}

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim udp = case_open(AF_INET6, SOCK_DGRAM, 0);
    case_option(&tcp, SOL_SOCKET, SO_REUSEPORT, 1);
    case_option(&udp, SOL_SOCKET, SO_REUSEPORT, 1);
    case_bind(&tcp, "127.0.0.1", 1683);
    case_bind(&udp, "::1", 1683);
    case_join(case_fork(be_somebody_else, NULL), 0);
    join_group(AF_INET, SOCK_STREAM, "127.0.0.1", 0);
    join_group(AF_INET6, SOCK_DGRAM, "::1", 0);
    case_close(&tcp);
    case_close(&udp);
    return 0;
}
