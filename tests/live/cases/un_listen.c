// SPDX-License-Identifier: Apache-2.0
/*
 * connect(2) to AF_UNSPEC ends the LISTEN state as shutdown does: a port that the program named stays and can
 * listen again, one that the kernel chose is given up (net/ipv4/tcp.c, tcp_disconnect).
 */
#include "case.h"

#include <errno.h>

static void disconnect(const struct case_claim* claim) {
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    case_require(connect(claim->fd, &nobody, sizeof(nobody)) == 0, "connect to AF_UNSPEC");
}

static void stop(int family, const char* address) {
    struct case_claim other = case_open(family, SOCK_STREAM, 0);
    struct case_claim named = case_open(family, SOCK_STREAM, 0);
    case_bind(&named, address, 1683);
    case_listen(&named, 4);
    disconnect(&named);
    case_bind_fails(&other, address, 1683, EADDRINUSE);
    disconnect(&named); /* once more: nothing happens */
    case_listen(&named, 4);
    disconnect(&named);
    case_close(&named);

    struct case_claim chosen = case_open(family, SOCK_STREAM, 0);
    case_bind(&chosen, address, 0);
    case_listen(&chosen, 4);
    case_expect_release(&chosen);
    const uint32_t port = case_port(chosen.fd);
    disconnect(&chosen);
    case_bind(&other, address, port);
    case_bind(&chosen, address, 1683);
    case_listen(&chosen, 4);
    case_close(&chosen);
    case_close(&other);
}

int main(void) {
    case_begin();
    case_own_netns();
    stop(AF_INET, "127.0.0.1");
    stop(AF_INET6, "::1");
    return 0;
}
