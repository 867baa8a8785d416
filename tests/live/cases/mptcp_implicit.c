// SPDX-License-Identifier: Apache-2.0
/* listen(2) on an MPTCP socket without a port: an implicit bind, a listen. One that is closed unused is
 * quiet. */
#include "case.h"

#include <unistd.h>

int main(void) {
    const int families[] = {AF_INET, AF_INET6};
    case_begin();
    if (!case_has(AF_INET, SOCK_STREAM, CASE_MPTCP)) {
        case_skip("no MPTCP: the kernel has none or net.mptcp.enabled is 0");
    }
    case_own_netns();
    for (unsigned i = 0; i < 2; ++i) {
        struct case_claim listener = case_open(families[i], SOCK_STREAM, CASE_MPTCP);
        struct case_claim unused = case_open(families[i], SOCK_STREAM, CASE_MPTCP);
        case_expect_quiet(&unused);
        case_listen(&listener, 8);
        case_listen(&listener, 9);
        close(unused.fd);
        case_close(&listener);
    }
    return 0;
}
