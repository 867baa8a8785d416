// SPDX-License-Identifier: Apache-2.0
/* SO_BINDTODEVICE: the event names the interface. */
#include "case.h"

#include <netinet/in.h>

static void on_loopback(int family, int type, const char* address) {
    struct case_claim claim = case_open(family, type, 0);
    case_require(setsockopt(claim.fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof("lo")) == 0,
                 "SO_BINDTODEVICE");
    case_bind(&claim, address, 1683);
    if (type == SOCK_STREAM) {
        case_listen(&claim, 4);
    }
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_own_netns();
    on_loopback(AF_INET, SOCK_STREAM, "0.0.0.0");
    on_loopback(AF_INET, SOCK_DGRAM, "127.0.0.1");
    on_loopback(AF_INET6, SOCK_STREAM, "::1");
    on_loopback(AF_INET6, SOCK_DGRAM, "::");
    return 0;
}
