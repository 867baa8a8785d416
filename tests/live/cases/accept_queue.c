// SPDX-License-Identifier: Apache-2.0
/* A listener ends with connections that nobody accepted, and one outlives it: they share its port and claim
 * nothing. */
#include "case.h"

#include <unistd.h>

enum { CLIENTS = 8 };

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim server = case_open(AF_INET6, SOCK_STREAM, 0);
    struct case_claim clients[CLIENTS];
    case_bind(&server, "::1", 1683);
    case_listen(&server, CLIENTS);
    const union case_address to = case_local(server.fd);
    for (unsigned i = 0; i < CLIENTS; ++i) {
        clients[i] = case_open(AF_INET6, SOCK_STREAM, 0);
        case_expect_quiet(&clients[i]);
        case_require(connect(clients[i].fd, &to.any, case_size(&to)) == 0, "connect");
    }
    struct case_claim accepted = case_of(accept(server.fd, NULL, NULL));
    case_expect_quiet(&accepted);
    case_close(&server);
    unsigned alive = 0;
    for (unsigned i = 0; i < CLIENTS; ++i) {
        /* Which of them was accepted is the kernel's choice. */
        alive += send(clients[i].fd, "x", 1, MSG_NOSIGNAL) == 1;
        close(clients[i].fd);
    }
    case_require(alive >= 1, "the accepted connection goes on");
    close(accepted.fd);
    return 0;
}
