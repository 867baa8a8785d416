// SPDX-License-Identifier: Apache-2.0
/* Failures of vsock binds and listens: in use, bound already, privileged, a CID of somebody else, no port to
 * listen on. */
#include "case.h"

#include <errno.h>
#include <grp.h>
#include <unistd.h>

enum { NOBODY = 65534 };
static const char any[] = "4294967295";

int main(void) {
    case_begin();
    if (!case_has(AF_VSOCK, SOCK_STREAM, 0)) {
        case_skip("this kernel has no vsock");
    }
    struct case_claim holder = case_open(AF_VSOCK, SOCK_STREAM, 0);
    struct case_claim late = case_open(AF_VSOCK, SOCK_STREAM, 0);
    case_listen_fails(&late, 4, EINVAL);
    case_bind(&holder, any, 4000001683U);
    case_bind_fails(&late, any, 4000001683U, EADDRINUSE);
    case_bind_fails(&holder, any, 4000001684U, EINVAL);
    case_bind_fails(&late, "77", 4000001684U, EADDRNOTAVAIL);
    case_close(&holder);
    case_bind(&late, any, 4000001683U);
    case_close(&late);

    case_require(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0, "drops to nobody");
    struct case_claim low = case_open(AF_VSOCK, SOCK_STREAM, 0);
    case_bind_fails(&low, any, 80, EACCES);
    case_close(&low);
    return 0;
}
