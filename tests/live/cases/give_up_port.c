// SPDX-License-Identifier: Apache-2.0
/*
 * connect(2) to AF_UNSPEC makes a UDP socket give up a port that the kernel chose; one that the program named
 * stays (net/ipv4/udp.c, __udp_disconnect).
 */
#include "case.h"

#include <netinet/in.h>

static void disconnect(const struct case_claim* claim) {
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    case_require(connect(claim->fd, &nobody, sizeof(nobody)) == 0, "connect to AF_UNSPEC");
}

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim chosen = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&chosen, "127.0.0.1", 0);
    case_expect_release(&chosen);
    disconnect(&chosen);
    case_require(case_port(chosen.fd) == 0, "the port is given up");
    case_bind(&chosen, "127.0.0.1", 1683);
    case_close(&chosen);

    struct case_claim named = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&named, "127.0.0.1", 1683);
    disconnect(&named);
    case_require(case_port(named.fd) == 1683, "the port stays");
    case_close(&named);
    return 0;
}
