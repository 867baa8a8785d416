// SPDX-License-Identifier: Apache-2.0
/* A bound socket that then connects keeps its claim, and a connected one still releases once. */
#include "case.h"

#include <netinet/in.h>
#include <unistd.h>

static struct sockaddr_in loopback(uint16_t port) {
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return address;
}

static void connect_to(int fd, uint16_t port) {
    const struct sockaddr_in to = loopback(port);
    case_require(connect(fd, (const struct sockaddr*)&to, sizeof(to)) == 0, "connect");
}

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim server = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim client = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&server, "127.0.0.1", 1683);
    case_listen(&server, 4);
    case_bind(&client, "127.0.0.1", 0);
    connect_to(client.fd, 1683);
    /* An accepted socket shares its listener's port and claims nothing. */
    struct case_claim accepted = {.fd = accept(server.fd, NULL, NULL)};
    case_require(accepted.fd >= 0, "accept");
    case_expect_quiet(&accepted);
    /* The client closes last, after the other side's FIN: its port is free at once, without FIN_WAIT. */
    case_require(shutdown(accepted.fd, SHUT_WR) == 0, "shutdown");
    char byte;
    case_require(read(client.fd, &byte, 1) == 0, "the FIN arrives");
    case_close(&client);
    close(accepted.fd);
    case_close(&server);

    struct case_claim udp = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&udp, "127.0.0.1", 1683);
    connect_to(udp.fd, 1684);
    connect_to(udp.fd, 1685);
    case_close(&udp);
    return 0;
}
