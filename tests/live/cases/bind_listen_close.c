// SPDX-License-Identifier: Apache-2.0
/* The ordinary life of a server's socket, on a port of each tier, and once more on the port that it gave up.
 */
#include "case.h"

#include <netinet/in.h>

int main(void) {
    const uint16_t ports[] = {80, 1683, 8080, 49152, 1683};
    case_begin();
    case_own_netns();
    for (unsigned i = 0; i < sizeof(ports) / sizeof(ports[0]); ++i) {
        struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
        struct case_claim tcp6 = case_open(AF_INET6, SOCK_STREAM, 0);
        struct case_claim udp = case_open(AF_INET, SOCK_DGRAM, 0);
        struct case_claim udp6 = case_open(AF_INET6, SOCK_DGRAM, 0);
        case_option(&tcp, SOL_SOCKET, SO_REUSEADDR, 1);
        case_bind(&tcp, "127.0.0.1", ports[i]);
        case_bind(&tcp6, "::1", ports[i]);
        case_bind(&udp, "127.0.0.1", ports[i]);
        case_bind(&udp6, "::1", ports[i]);
        case_listen(&tcp, 16);
        case_listen(&tcp6, 100000); /* clamped to net.core.somaxconn */
        case_close(&tcp);
        case_close(&tcp6);
        case_close(&udp);
        case_close(&udp6);
    }
    return 0;
}
