// SPDX-License-Identifier: Apache-2.0
/* SO_LINGER: a connection that is torn down by a reset, and one whose close waits for the other side; one
 * release each. */
#include "case.h"

#include <unistd.h>

static void close_with(const struct case_claim* server, int seconds) {
    const union case_address to = case_local(server->fd);
    const struct linger linger = {.l_onoff = 1, .l_linger = seconds};
    struct case_claim client = case_open(AF_INET, SOCK_STREAM, 0);
    case_option(&client, SOL_SOCKET, SO_REUSEADDR, 1);
    case_bind(&client, "127.0.0.1", 1684);
    case_require(setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) == 0, "SO_LINGER");
    case_require(connect(client.fd, &to.any, case_size(&to)) == 0, "connect");
    struct case_claim accepted = case_of(accept(server->fd, NULL, NULL));
    case_expect_quiet(&accepted);
    if (seconds > 0) {
        char byte;
        close(accepted.fd);
        case_require(read(client.fd, &byte, 1) == 0, "the end arrives");
        case_close(&client);
    } else {
        case_close(&client);
        close(accepted.fd);
    }
}

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim server = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&server, "127.0.0.1", 1683);
    case_listen(&server, 4);
    close_with(&server, 0);
    close_with(&server, 5);
    case_close(&server);
    return 0;
}
