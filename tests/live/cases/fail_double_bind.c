// SPDX-License-Identifier: Apache-2.0
/* EINVAL: a socket that has a port cannot be bound again; its claim goes on. */
#include "case.h"

#include <errno.h>
#include <netinet/in.h>

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&tcp, "127.0.0.1", 1683);
    case_bind_fails(&tcp, "127.0.0.1", 1684, EINVAL);
    case_bind_fails(&tcp, "127.0.0.1", 1683, EINVAL);
    case_listen(&tcp, 4);
    case_bind_fails(&tcp, "0.0.0.0", 0, EINVAL);
    case_close(&tcp);

    struct case_claim udp = case_open(AF_INET6, SOCK_DGRAM, 0);
    case_bind(&udp, "::1", 0);
    case_bind_fails(&udp, "::1", 1683, EINVAL);
    case_close(&udp);
    return 0;
}
