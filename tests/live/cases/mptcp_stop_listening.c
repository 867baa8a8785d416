// SPDX-License-Identifier: Apache-2.0
/* An MPTCP listener that is disconnected (connect to AF_UNSPEC) keeps the port it named and listens again. */
#include "case.h"

#include <errno.h>

int main(void) {
    case_begin();
    if (!case_has(AF_INET, SOCK_STREAM, CASE_MPTCP)) {
        case_skip("no MPTCP: the kernel has none or net.mptcp.enabled is 0");
    }
    case_own_netns();
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, CASE_MPTCP);
    case_bind(&claim, "127.0.0.1", 1683);
    case_listen(&claim, 4);
    struct case_claim other = case_open(AF_INET, SOCK_STREAM, CASE_MPTCP);
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    case_require(connect(claim.fd, &nobody, sizeof(nobody)) == 0, "connect to AF_UNSPEC");
    case_bind_fails(&other, "127.0.0.1", 1683, EADDRINUSE);
    case_listen(&claim, 4);
    case_close(&claim);
    case_close(&other);
    return 0;
}
