// SPDX-License-Identifier: Apache-2.0
/* listen(2) where it cannot be: on datagram sockets (bound or not) and on connected ones. */
#include "case.h"

#include <errno.h>
#include <unistd.h>

static void on_datagrams(int family, const char* address) {
    struct case_claim claim = case_open(family, SOCK_DGRAM, 0);
    case_listen_fails(&claim, 4, EOPNOTSUPP);
    case_bind(&claim, address, 1683);
    case_listen_fails(&claim, 4, EOPNOTSUPP);
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_own_netns();
    on_datagrams(AF_INET, "127.0.0.1");
    on_datagrams(AF_INET6, "::1");

    char byte;
    const union case_address to = case_address(AF_INET, "127.0.0.1", 1683);
    struct case_claim server = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim client = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&server, "127.0.0.1", 1683);
    case_listen(&server, 4);
    case_bind(&client, "127.0.0.1", 1684);
    case_require(connect(client.fd, &to.any, case_size(&to)) == 0, "connect");
    const int accepted = accept(server.fd, NULL, NULL);
    case_listen_fails(&client, 4, EINVAL);
    close(accepted);
    case_require(read(client.fd, &byte, 1) == 0, "the end arrives");
    case_close(&client);
    case_close(&server);
    return 0;
}
