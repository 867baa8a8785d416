// SPDX-License-Identifier: Apache-2.0
/*
 * A connection over MPTCP: the client that never asked for a port, the accepted socket and the sub-flows are
 * quiet; a client that bound first has a claim of its own.
 */
#include "case.h"

#include <unistd.h>

static void connect_to_server(const struct case_claim* client) {
    const union case_address server = case_address(AF_INET, "127.0.0.1", 1683);
    case_require(connect(client->fd, &server.any, case_size(&server)) == 0, "connect");
}

int main(void) {
    case_begin();
    if (!case_has(AF_INET, SOCK_STREAM, CASE_MPTCP)) {
        case_skip("no MPTCP: the kernel has none or net.mptcp.enabled is 0");
    }
    case_own_netns();
    char byte;
    struct case_claim listener = case_open(AF_INET, SOCK_STREAM, CASE_MPTCP);
    struct case_claim client = case_open(AF_INET, SOCK_STREAM, CASE_MPTCP);
    struct case_claim bound = case_open(AF_INET, SOCK_STREAM, CASE_MPTCP);
    case_bind(&listener, "127.0.0.1", 1683);
    case_listen(&listener, 4);
    case_expect_quiet(&client);
    connect_to_server(&client);
    struct case_claim accepted = case_of(accept(listener.fd, NULL, NULL));
    case_expect_quiet(&accepted);
    case_require(write(client.fd, "x", 1) == 1 && read(accepted.fd, &byte, 1) == 1, "a byte gets through");
    close(accepted.fd);
    close(client.fd);

    case_bind(&bound, "127.0.0.1", 1684);
    connect_to_server(&bound);
    struct case_claim other = case_of(accept(listener.fd, NULL, NULL));
    case_expect_quiet(&other);
    close(other.fd); /* first, so that the port is not kept by a TIME_WAIT of the client */
    case_require(read(bound.fd, &byte, 1) == 0, "the end arrives");
    case_close(&bound);
    case_close(&listener);
    return 0;
}
