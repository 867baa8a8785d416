// SPDX-License-Identifier: Apache-2.0
/* Failures of SCTP binds: in use, bound already, an address of somebody else, a port without the right to it.
 */
#include "case.h"

#include <errno.h>
#include <grp.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static void go_wrong(int family, const char* here, const char* elsewhere) {
    struct case_claim holder = case_open(family, SOCK_STREAM, CASE_SCTP);
    struct case_claim late = case_open(family, SOCK_STREAM, CASE_SCTP);
    case_bind(&holder, here, 1683);
    case_bind_fails(&holder, here, 1684, EINVAL);
    case_bind_fails(&late, here, 1683, EADDRINUSE);
    case_bind_fails(&late, elsewhere, 1684, EADDRNOTAVAIL);
    case_listen(&holder, 4);
    case_bind_fails(&late, here, 1683, EADDRINUSE);
    case_close(&holder);
    case_bind(&late, here, 1683);
    case_close(&late);
}

int main(void) {
    case_begin();
    if (!case_has(AF_INET, SOCK_STREAM, CASE_SCTP)) {
        case_skip("this kernel has no SCTP");
    }
    case_own_netns();
    go_wrong(AF_INET, "127.0.0.1", "203.0.113.1");
    go_wrong(AF_INET6, "::1", "2001:db8::1");
    case_require(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0, "drops to nobody");
    struct case_claim low = case_open(AF_INET, SOCK_STREAM, CASE_SCTP);
    case_bind_fails(&low, "127.0.0.1", 80, EACCES);
    case_close(&low);
    return 0;
}
