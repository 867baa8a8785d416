// SPDX-License-Identifier: Apache-2.0
/* An MPTCP listener (RFC 8684) is one claim: its sub-flow, a TCP socket of the kernel's own, is not told. */
#include "case.h"

static void serve(int family, const char* address, uint32_t port) {
    struct case_claim claim = case_open(family, SOCK_STREAM, CASE_MPTCP);
    case_option(&claim, SOL_SOCKET, SO_REUSEADDR, 1);
    case_bind(&claim, address, port);
    case_listen(&claim, 16);
    case_close(&claim);
}

int main(void) {
    case_begin();
    if (!case_has(AF_INET, SOCK_STREAM, CASE_MPTCP)) {
        case_skip("no MPTCP: the kernel has none or net.mptcp.enabled is 0");
    }
    case_own_netns();
    serve(AF_INET, "127.0.0.1", 1683);
    serve(AF_INET, "0.0.0.0", 0);
    serve(AF_INET6, "::1", 1683);
    serve(AF_INET6, "::", 0);
    return 0;
}
