// SPDX-License-Identifier: Apache-2.0
/* bind and listen of the 32-bit table (int 0x80), which the tracepoints of the 64-bit calls do not see. */
#include "case_i386.h"

static void serve(int family, int type, const char* address, uint32_t port) {
    const union case_address wanted = case_address(family, address, port);
    struct case_claim claim = case_open(family, type, 0);
    case_require(case_i386_bind(claim.fd, &wanted) == 0, "bind");
    case_expect_bind(&claim, port);
    if (type == SOCK_STREAM) {
        case_require(case_i386_listen(claim.fd, 4) == 0, "listen");
        case_expect_listen(&claim, 4);
    }
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_i386_begin();
    case_own_netns();
    serve(AF_INET, SOCK_STREAM, "127.0.0.1", 1683);
    serve(AF_INET6, SOCK_STREAM, "::1", 0);
    serve(AF_INET, SOCK_DGRAM, "0.0.0.0", 0);
    serve(AF_INET6, SOCK_DGRAM, "::", 1683);
    struct case_claim unbound = case_open(AF_INET, SOCK_STREAM, 0);
    case_require(case_i386_listen(unbound.fd, 4) == 0, "listen");
    case_expect_listen(&unbound, 4);
    case_close(&unbound);
    return 0;
}
