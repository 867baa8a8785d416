// SPDX-License-Identifier: Apache-2.0
/* What can go wrong with an MPTCP socket is told once, of the socket that the program knows. */
#include "case.h"

#include <errno.h>

static void go_wrong(int family, const char* here, const char* elsewhere) {
    struct case_claim holder = case_open(family, SOCK_STREAM, CASE_MPTCP);
    struct case_claim late = case_open(family, SOCK_STREAM, CASE_MPTCP);
    case_bind(&holder, here, 1683);
    case_bind_fails(&holder, here, 1684, EINVAL);
    case_bind_fails(&late, here, 1683, EADDRINUSE);
    case_bind_fails(&late, elsewhere, 1684, EADDRNOTAVAIL);
    case_listen(&holder, 4);
    case_bind_fails(&late, here, 1683, EADDRINUSE);
    case_bind(&late, here, 1684);
    case_close(&holder);
    case_close(&late);
}

int main(void) {
    case_begin();
    if (!case_has(AF_INET, SOCK_STREAM, CASE_MPTCP)) {
        case_skip("no MPTCP: the kernel has none or net.mptcp.enabled is 0");
    }
    case_own_netns();
    go_wrong(AF_INET, "127.0.0.1", "203.0.113.1");
    go_wrong(AF_INET6, "::1", "2001:db8::1");
    return 0;
}
