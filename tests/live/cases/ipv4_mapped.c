// SPDX-License-Identifier: Apache-2.0
/*
 * IPv6 sockets on IPv4-mapped addresses (RFC 4291 2.5.5.2): told as the kernel holds them, in the way of IPv4
 * sockets, and refused where a socket is for IPv6 only.
 */
#include "case.h"

#include <errno.h>

static void map(int type) {
    struct case_claim mapped = case_open(AF_INET6, type, 0);
    struct case_claim v4 = case_open(AF_INET, type, 0);
    struct case_claim only = case_open(AF_INET6, type, 0);
    case_bind(&mapped, "::ffff:127.0.0.1", 1683);
    case_bind_fails(&v4, "127.0.0.1", 1683, EADDRINUSE);
    if (type == SOCK_STREAM) {
        case_listen(&mapped, 4);
    }
    case_option(&only, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    case_bind_fails(&only, "::ffff:127.0.0.1", 1684, EINVAL);
    case_bind_fails(&v4, "127.0.0.1", 1683, EADDRINUSE);
    case_close(&mapped);
    case_close(&only);
    case_bind(&v4, "127.0.0.1", 1683);
    case_close(&v4);

    struct case_claim any = case_open(AF_INET6, type, 0);
    case_bind(&any, "::ffff:0.0.0.0", 0);
    case_close(&any);
    struct case_claim elsewhere = case_open(AF_INET6, type, 0);
    case_bind_fails(&elsewhere, "::ffff:203.0.113.1", 1683, EADDRNOTAVAIL);
    case_close(&elsewhere);
}

int main(void) {
    case_begin();
    case_own_netns();
    map(SOCK_STREAM);
    map(SOCK_DGRAM);
    return 0;
}
