// SPDX-License-Identifier: Apache-2.0
/*
 * IP_BIND_ADDRESS_NO_PORT (ip(7)): the bind takes an address and no port, so it is no claim, and the port
 * that connect chooses is none either. A bind with a port afterwards is one, and so is the one that listen
 * chooses.
 */
#include "case.h"

#include <unistd.h>

static struct case_claim bind_address(int family, int type, const char* address) {
    struct case_claim claim = case_open(family, type, 0);
    const union case_address wanted = case_address(family, address, 0);
    case_option(&claim, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    case_require(bind(claim.fd, &wanted.any, case_size(&wanted)) == 0, "bind without a port");
    case_require(case_port(claim.fd) == 0, "the bind claims no port");
    return claim;
}

static void in_all_ways(int family, int type, const char* address) {
    const union case_address server_address = case_address(family, address, 1683);
    struct case_claim server = case_open(family, type, 0);
    case_bind(&server, address, 1683);
    if (type == SOCK_STREAM) {
        case_listen(&server, 4);
    }
    struct case_claim unused = bind_address(family, type, address);
    case_expect_quiet(&unused);
    close(unused.fd);

    struct case_claim client = bind_address(family, type, address);
    case_expect_quiet(&client);
    case_require(connect(client.fd, &server_address.any, case_size(&server_address)) == 0, "connect");
    case_require(case_port(client.fd) != 0, "connect chooses a port");
    close(client.fd);

    struct case_claim later = bind_address(family, type, address);
    case_bind(&later, address, 1684);
    case_close(&later);

    if (type == SOCK_STREAM) {
        struct case_claim listener = bind_address(family, type, address);
        case_listen(&listener, 4);
        case_close(&listener);
    }
    case_close(&server);
}

int main(void) {
    case_begin();
    case_own_netns();
    in_all_ways(AF_INET, SOCK_STREAM, "127.0.0.1");
    in_all_ways(AF_INET6, SOCK_STREAM, "::1");
    in_all_ways(AF_INET, SOCK_DGRAM, "127.0.0.1");
    in_all_ways(AF_INET6, SOCK_DGRAM, "::1");
    return 0;
}
