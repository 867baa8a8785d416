// SPDX-License-Identifier: Apache-2.0
/* Sockets that got their port by connect or sendto and are then bound: EINVAL of a bind, and still no claim.
 */
#include "case.h"

#include <errno.h>

static void bind_too_late(int family, int type, const char* address) {
    struct case_claim server = case_open(family, type, 0);
    struct case_claim client = case_open(family, type, 0);
    case_bind(&server, address, 1683);
    if (type == SOCK_STREAM) {
        case_listen(&server, 4);
    }
    const union case_address to = case_local(server.fd);
    case_require(connect(client.fd, &to.any, case_size(&to)) == 0, "connect");
    case_bind_fails(&client, address, 1684, EINVAL);
    case_close(&client);
    case_close(&server);
}

int main(void) {
    case_begin();
    case_own_netns();
    bind_too_late(AF_INET, SOCK_STREAM, "127.0.0.1");
    bind_too_late(AF_INET6, SOCK_STREAM, "::1");
    bind_too_late(AF_INET, SOCK_DGRAM, "127.0.0.1");
    bind_too_late(AF_INET6, SOCK_DGRAM, "::1");
    return 0;
}
