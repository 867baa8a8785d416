// SPDX-License-Identifier: Apache-2.0
/* A UDP socket bound to a group's address (RFC 5771, RFC 4291 2.7). */
#include "case.h"

#include <netinet/in.h>

static void join(int family, const char* address) {
    struct case_claim claim = case_open(family, SOCK_DGRAM, 0);
    case_option(&claim, SOL_SOCKET, SO_REUSEADDR, 1);
    case_bind(&claim, address, 5353);
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_own_netns();
    join(AF_INET, "224.0.0.251");
    join(AF_INET, "239.1.2.3");
    join(AF_INET6, "ff02::fb"); /* on lo: a link-local address needs an interface */
    join(AF_INET6, "ff05::1:3");
    return 0;
}
