// SPDX-License-Identifier: Apache-2.0
/* Ports that the kernel chose for programs that never asked are no claims: nothing may be told of them. */
#include "case.h"

#include <netinet/in.h>
#include <unistd.h>

int main(void) {
    case_begin();
    case_own_netns();
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(1683), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct sockaddr* peer = (const struct sockaddr*)&to;

    struct case_claim sender = case_open(AF_INET, SOCK_DGRAM, 0);
    case_require(sendto(sender.fd, "", 1, 0, peer, sizeof(to)) == 1, "sendto");
    case_require(case_port(sender.fd) != 0, "the kernel has chosen a port");
    case_expect_quiet(&sender);
    close(sender.fd);

    struct case_claim connected = case_open(AF_INET, SOCK_DGRAM, 0);
    case_require(connect(connected.fd, peer, sizeof(to)) == 0 && case_port(connected.fd) != 0, "connect");
    case_expect_quiet(&connected);
    close(connected.fd);

    struct case_claim server = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&server, "127.0.0.1", 1683);
    case_listen(&server, 4);
    struct case_claim client = case_open(AF_INET, SOCK_STREAM, 0);
    case_require(connect(client.fd, peer, sizeof(to)) == 0 && case_port(client.fd) != 0, "connect");
    case_expect_quiet(&client);
    close(client.fd);
    case_close(&server);

    struct case_claim unbound = case_open(AF_INET6, SOCK_STREAM, 0);
    case_expect_quiet(&unbound);
    close(unbound.fd);
    return 0;
}
