// SPDX-License-Identifier: Apache-2.0
/* listen(2) on an unbound socket, and on one whose bind put the choice of a port off: an implicit bind, a
 * listen. */
#include "case.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

static void address_without_port(void) {
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_option(&claim, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    const struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    case_require(bind(claim.fd, (const struct sockaddr*)&loopback, sizeof(loopback)) == 0,
                 "bind without a port");
    case_require(case_port(claim.fd) == 0, "the bind claims no port");
    case_listen(&claim, 8);
    case_close(&claim);
}

int main(void) {
    const int families[] = {AF_INET, AF_INET6};
    case_begin();
    for (unsigned i = 0; i < 2; ++i) {
        struct case_claim claim = case_open(families[i], SOCK_STREAM, 0);
        case_listen(&claim, 8);
        case_close(&claim);
    }
    address_without_port();
    return 0;
}
