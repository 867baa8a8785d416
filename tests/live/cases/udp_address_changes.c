// SPDX-License-Identifier: Apache-2.0
/* A UDP socket bound to any address connects, and has one address as long as it is connected. The claim that
 * ends is the one that was made. */
#include "case.h"

static void connect_and_close(int family, const char* any, const char* loopback) {
    const union case_address to = case_address(family, loopback, 1684);
    struct case_claim claim = case_open(family, SOCK_DGRAM, 0);
    case_bind(&claim, any, 1683);
    case_require(connect(claim.fd, &to.any, case_size(&to)) == 0, "connect");
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_own_netns();
    connect_and_close(AF_INET, "0.0.0.0", "127.0.0.1");
    connect_and_close(AF_INET6, "::", "::1");
    return 0;
}
