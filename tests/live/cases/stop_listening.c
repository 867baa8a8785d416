// SPDX-License-Identifier: Apache-2.0
/*
 * shutdown(2) ends the LISTEN state. A port that the program named stays bound and can listen again; one that
 * the kernel chose is given up: a release, and another listen is an implicit bind (net/ipv4/tcp.c,
 * tcp_set_state).
 */
#include "case.h"

#include <errno.h>
#include <netinet/in.h>

static const char* loopback(int family) {
    return family == AF_INET ? "127.0.0.1" : "::1";
}

/* getsockname goes on showing the old port, so whether it is free is asked by claiming it. */
static void stop_and_stay(const struct case_claim* claim, int family) {
    struct case_claim other = case_open(family, SOCK_STREAM, 0);
    case_require(shutdown(claim->fd, SHUT_RD) == 0, "shutdown");
    case_bind_fails(&other, loopback(family), case_port(claim->fd), EADDRINUSE);
    case_close(&other);
}

static void stop_and_give_up(struct case_claim* claim, int family) {
    struct case_claim other = case_open(family, SOCK_STREAM, 0);
    case_expect_release(claim);
    case_require(shutdown(claim->fd, SHUT_RD) == 0, "shutdown");
    case_bind(&other, loopback(family), case_port(claim->fd));
    case_close(&other);
}

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim named = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&named, "127.0.0.1", 1683);
    case_listen(&named, 4);
    stop_and_stay(&named, AF_INET);
    case_listen(&named, 4);
    case_close(&named);

    struct case_claim chosen = case_open(AF_INET6, SOCK_STREAM, 0);
    case_listen(&chosen, 4);
    stop_and_give_up(&chosen, AF_INET6);
    case_listen(&chosen, 4);
    case_close(&chosen);

    struct case_claim given_up = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&given_up, "127.0.0.1", 0);
    case_listen(&given_up, 4);
    stop_and_give_up(&given_up, AF_INET);
    case_close(&given_up);
    return 0;
}
