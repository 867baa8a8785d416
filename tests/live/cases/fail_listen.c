// SPDX-License-Identifier: Apache-2.0
/* Two sockets share a port by SO_REUSEADDR; only one of them can listen. The other's listen fails, its claim
 * stays. */
#include "case.h"

#include <errno.h>
#include <netinet/in.h>

static void only_one_listens(int family, const char* address) {
    struct case_claim first = case_open(family, SOCK_STREAM, 0);
    struct case_claim second = case_open(family, SOCK_STREAM, 0);
    case_option(&first, SOL_SOCKET, SO_REUSEADDR, 1);
    case_option(&second, SOL_SOCKET, SO_REUSEADDR, 1);
    case_bind(&first, address, 1683);
    case_bind(&second, address, 1683);
    case_listen(&first, 4);
    case_listen_fails(&second, 4, EADDRINUSE);
    case_close(&first);
    case_listen(&second, 4);
    case_close(&second);
}

int main(void) {
    case_begin();
    case_own_netns();
    only_one_listens(AF_INET, "127.0.0.1");
    only_one_listens(AF_INET6, "::1");
    return 0;
}
