// SPDX-License-Identifier: Apache-2.0
/* SCTP (RFC 9260): one-to-one and one-to-many sockets bind, listen (which one-to-many ones can, too) and
 * close. */
#include "case.h"

static void serve(int family, int type, const char* address, uint32_t port) {
    struct case_claim claim = case_open(family, type, CASE_SCTP);
    case_bind(&claim, address, port);
    case_listen(&claim, 4);
    case_close(&claim);
}

int main(void) {
    const int types[] = {SOCK_STREAM, SOCK_SEQPACKET};
    case_begin();
    if (!case_has(AF_INET, SOCK_STREAM, CASE_SCTP)) {
        case_skip("this kernel has no SCTP");
    }
    case_own_netns();
    for (unsigned i = 0; i < 2; ++i) {
        serve(AF_INET, types[i], "127.0.0.1", 1683);
        serve(AF_INET, types[i], "0.0.0.0", 0);
        serve(AF_INET6, types[i], "::1", 1683);
        serve(AF_INET6, types[i], "::", 0);
    }
    return 0;
}
