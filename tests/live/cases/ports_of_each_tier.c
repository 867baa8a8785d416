// SPDX-License-Identifier: Apache-2.0
/* The first and last port of each tier (RFC 6335), and the backlogs at their edges. */
#include "case.h"

#include <limits.h>

int main(void) {
    const uint32_t ports[] = {1, 1023, 1024, 49151, 49152, 65535};
    const int backlogs[] = {0, 1, -1, INT_MAX, INT_MIN, 4096};
    case_begin();
    case_own_netns();
    for (unsigned i = 0; i < sizeof(ports) / sizeof(ports[0]); ++i) {
        struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
        struct case_claim udp = case_open(AF_INET6, SOCK_DGRAM, 0);
        case_bind(&tcp, "0.0.0.0", ports[i]);
        case_bind(&udp, "::", ports[i]);
        case_listen(&tcp, backlogs[i]);
        case_close(&tcp);
        case_close(&udp);
    }
    return 0;
}
