// SPDX-License-Identifier: Apache-2.0
/* UDP-Lite (RFC 3828), where the kernel still has it. */
#include "case.h"

#include <netinet/in.h>
#include <unistd.h>

enum { PROTOCOL_UDPLITE = 136 };

int main(void) {
    case_begin();
    const int probe = socket(AF_INET, SOCK_DGRAM, PROTOCOL_UDPLITE);
    if (probe < 0) {
        case_skip("this kernel has no UDP-Lite");
    }
    close(probe);
    case_own_netns();
    struct case_claim v4 = case_open(AF_INET, SOCK_DGRAM, PROTOCOL_UDPLITE);
    struct case_claim v6 = case_open(AF_INET6, SOCK_DGRAM, PROTOCOL_UDPLITE);
    case_bind(&v4, "127.0.0.1", 0);
    case_bind(&v6, "::1", 1683);
    case_close(&v4);
    case_close(&v6);
    return 0;
}
