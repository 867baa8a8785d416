// SPDX-License-Identifier: Apache-2.0
/* EADDRNOTAVAIL: an address that is not this machine's (RFC 5737, RFC 3849). */
#include "case.h"

#include <errno.h>
#include <netinet/in.h>

int main(void) {
    const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    case_begin();
    case_own_netns();
    for (unsigned i = 0; i < 2; ++i) {
        struct case_claim v4 = case_open(AF_INET, types[i], 0);
        struct case_claim v6 = case_open(AF_INET6, types[i], 0);
        case_bind_fails(&v4, "203.0.113.1", 1683, EADDRNOTAVAIL);
        case_bind_fails(&v6, "2001:db8::1", 1683, EADDRNOTAVAIL);
        case_bind_fails(&v4, "203.0.113.1", 0, EADDRNOTAVAIL);
        case_close(&v4);
        case_close(&v6);
    }
    return 0;
}
