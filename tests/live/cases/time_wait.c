// SPDX-License-Identifier: Apache-2.0
/* The side that closes first leaves its port to TIME_WAIT: no claim any more, but in the way of the next one.
 */
#include "case.h"

#include <errno.h>
#include <unistd.h>

int main(void) {
    case_begin();
    case_own_netns();
    char byte;
    struct case_claim server = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim client = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&server, "127.0.0.1", 1683);
    case_listen(&server, 4);
    const union case_address to = case_local(server.fd);
    case_option(&client, SOL_SOCKET, SO_REUSEADDR, 1);
    case_bind(&client, "127.0.0.1", 1684);
    case_require(connect(client.fd, &to.any, case_size(&to)) == 0, "connect");
    const int accepted = accept(server.fd, NULL, NULL);
    case_require(shutdown(client.fd, SHUT_WR) == 0 && read(accepted, &byte, 1) == 0, "the client ends first");
    case_close(&client);
    close(accepted);

    struct case_claim again = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind_fails(&again, "127.0.0.1", 1684, EADDRINUSE);
    case_option(&again, SOL_SOCKET, SO_REUSEADDR, 1);
    case_bind(&again, "127.0.0.1", 1684);
    case_close(&again);
    case_close(&server);
    return 0;
}
