// SPDX-License-Identifier: Apache-2.0
/* No port left to choose from: EADDRINUSE of a bind to port 0, and of a listen that would have bound
 * implicitly. */
#include "case.h"

#include <errno.h>

static void exhaust(int family, int type, const char* address) {
    struct case_claim taken = case_open(family, type, 0);
    struct case_claim late = case_open(family, type, 0);
    case_bind(&taken, address, 0);
    case_bind_fails(&late, address, 0, EADDRINUSE);
    if (type == SOCK_STREAM) {
        case_listen_fails(&late, 4, EADDRINUSE);
    }
    case_close(&taken);
    case_bind(&late, address, 0);
    case_close(&late);
}

int main(void) {
    case_begin();
    case_own_netns();
    case_write_file("/proc/sys/net/ipv4/ip_local_port_range", "40000 40000");
    exhaust(AF_INET, SOCK_STREAM, "0.0.0.0");
    exhaust(AF_INET, SOCK_DGRAM, "0.0.0.0");
    exhaust(AF_INET6, SOCK_STREAM, "::");
    exhaust(AF_INET6, SOCK_DGRAM, "::");
    return 0;
}
