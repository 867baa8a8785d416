// SPDX-License-Identifier: Apache-2.0
/* socketcall(2), the one call through which 32-bit programs of before Linux 4.3 do everything with sockets.
 */
#include "case_i386.h"

static void serve(int family, int type, const char* address, uint32_t port) {
    const union case_address wanted = case_address(family, address, port);
    struct case_claim claim = case_open(family, type, 0);
    case_require(case_socketcall_bind(claim.fd, &wanted) == 0, "bind");
    case_expect_bind(&claim, port);
    if (type == SOCK_STREAM) {
        case_require(case_socketcall_listen(claim.fd, 100000) == 0, "listen");
        case_expect_listen(&claim, 100000);
    }
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_i386_begin();
    case_own_netns();
    serve(AF_INET, SOCK_STREAM, "0.0.0.0", 1683);
    serve(AF_INET6, SOCK_STREAM, "::", 0);
    serve(AF_INET, SOCK_DGRAM, "127.0.0.1", 0);
    serve(AF_INET6, SOCK_DGRAM, "::1", 1683);
    return 0;
}
