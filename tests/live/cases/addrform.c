// SPDX-License-Identifier: Apache-2.0
/* IPV6_ADDRFORM turns a connected IPv6 socket into an IPv4 one. The claim that ends with it is the one that
 * was made. */
#include "case.h"

#include <unistd.h>

static void turn(int type) {
    const union case_address to = case_address(AF_INET6, "::ffff:127.0.0.1", 1683);
    struct case_claim server = case_open(AF_INET, type, 0);
    case_bind(&server, "127.0.0.1", 1683);
    if (type == SOCK_STREAM) {
        case_listen(&server, 4);
    }
    struct case_claim claim = case_open(AF_INET6, type, 0);
    case_bind(&claim, "::ffff:127.0.0.1", 1684);
    case_require(connect(claim.fd, &to.any, case_size(&to)) == 0, "connect");
    case_option(&claim, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET);
    if (type == SOCK_STREAM) {
        char byte;
        const int accepted = accept(server.fd, NULL, NULL);
        close(accepted);
        case_require(read(claim.fd, &byte, 1) == 0, "the end arrives");
    }
    case_close(&claim);
    case_close(&server);
}

int main(void) {
    case_begin();
    case_own_netns();
    turn(SOCK_STREAM);
    turn(SOCK_DGRAM);
    return 0;
}
