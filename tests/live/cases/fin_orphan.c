// SPDX-License-Identifier: Apache-2.0
/*
 * A connection that is closed on this side only is nobody's and keeps its port until a timer ends it, in
 * softirq. The release names who held the claim; the other side's sockets never had one.
 */
#include "case.h"

#include <netinet/tcp.h>
#include <unistd.h>

static void connect_and_go(void* listener_port) {
    const union case_address server = case_address(AF_INET, "127.0.0.1", *(const uint16_t*)listener_port);
    struct case_claim orphan = case_open(AF_INET, SOCK_STREAM, 0);
    case_option(&orphan, IPPROTO_TCP, TCP_LINGER2, 1); /* seconds in FIN_WAIT2 */
    case_bind(&orphan, "127.0.0.1", 1684);
    case_require(connect(orphan.fd, &server.any, case_size(&server)) == 0, "connect");
    case_close(&orphan);
}

int main(void) {
    case_begin();
    case_own_netns();
    uint16_t port = 1683;
    struct case_claim server = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&server, "127.0.0.1", port);
    case_listen(&server, 4);
    const pid_t child = case_fork(connect_and_go, &port);
    case_join(child, 0);
    struct case_claim accepted = case_of(accept(server.fd, NULL, NULL));
    case_expect_quiet(&accepted);
    usleep(2500000); /* longer than TCP_LINGER2: the orphan is gone although the other side is still open */
    close(accepted.fd);
    case_close(&server);
    return 0;
}
