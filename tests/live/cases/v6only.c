// SPDX-License-Identifier: Apache-2.0
/* IPv6 sockets: alone on their port, for both families, and bound to an IPv4-mapped address (RFC
 * 4291 2.5.5.2). */
#include "case.h"

#include <errno.h>
#include <netinet/in.h>

static void both(int type) {
    struct case_claim v6 = case_open(AF_INET6, type, 0);
    struct case_claim v4 = case_open(AF_INET, type, 0);
    case_option(&v6, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    case_bind(&v6, "::", 1683);
    case_bind(&v4, "0.0.0.0", 1683);
    case_close(&v6);
    case_close(&v4);

    struct case_claim dual = case_open(AF_INET6, type, 0);
    struct case_claim late = case_open(AF_INET, type, 0);
    case_option(&dual, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    case_bind(&dual, "::", 1683);
    case_bind_fails(&late, "0.0.0.0", 1683, EADDRINUSE);
    case_close(&dual);
    case_close(&late);

    struct case_claim mapped = case_open(AF_INET6, type, 0);
    case_option(&mapped, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    case_bind(&mapped, "::ffff:127.0.0.1", 1683);
    case_close(&mapped);
}

int main(void) {
    case_begin();
    case_own_netns();
    both(SOCK_STREAM);
    both(SOCK_DGRAM);
    return 0;
}
