// SPDX-License-Identifier: Apache-2.0
/* IP_FREEBIND and IP_TRANSPARENT: addresses that the machine does not have (RFC 5737, RFC 3849). */
#include "case.h"

#include <netinet/in.h>

enum { OPTION_V6_TRANSPARENT = 75, OPTION_V6_FREEBIND = 78 };

static void claim_foreign(int family, int level, int option, const char* address) {
    struct case_claim tcp = case_open(family, SOCK_STREAM, 0);
    struct case_claim udp = case_open(family, SOCK_DGRAM, 0);
    case_option(&tcp, level, option, 1);
    case_option(&udp, level, option, 1);
    case_bind(&tcp, address, 1683);
    case_bind(&udp, address, 0);
    case_listen(&tcp, 4);
    case_close(&tcp);
    case_close(&udp);
}

int main(void) {
    case_begin();
    case_own_netns();
    claim_foreign(AF_INET, IPPROTO_IP, IP_FREEBIND, "203.0.113.1");
    claim_foreign(AF_INET, IPPROTO_IP, IP_TRANSPARENT, "203.0.113.1");
    claim_foreign(AF_INET6, IPPROTO_IPV6, OPTION_V6_FREEBIND, "2001:db8::1");
    claim_foreign(AF_INET6, IPPROTO_IPV6, OPTION_V6_TRANSPARENT, "2001:db8::1");
    return 0;
}
