// SPDX-License-Identifier: Apache-2.0
/* listen(2) on an SCTP socket without a port: an implicit bind, a listen. listen(2) with 0 ends the LISTEN
 * state, and the port stays. */
#include "case.h"

int main(void) {
    const int families[] = {AF_INET, AF_INET6};
    case_begin();
    if (!case_has(AF_INET, SOCK_STREAM, CASE_SCTP)) {
        case_skip("this kernel has no SCTP");
    }
    case_own_netns();
    for (unsigned i = 0; i < 2; ++i) {
        struct case_claim claim = case_open(families[i], SOCK_STREAM, CASE_SCTP);
        case_listen(&claim, 4);
        case_listen(&claim, 0);
        case_listen(&claim, 4);
        case_close(&claim);
    }
    return 0;
}
