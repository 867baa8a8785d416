// SPDX-License-Identifier: Apache-2.0
/* UDP-Lite failures, and its ports being apart from UDP's: the same number is free for both. */
#include "case.h"

#include <errno.h>

int main(void) {
    case_begin();
    if (!case_has(AF_INET, SOCK_DGRAM, CASE_UDPLITE)) {
        case_skip("this kernel has no UDP-Lite");
    }
    case_own_netns();
    struct case_claim holder = case_open(AF_INET, SOCK_DGRAM, CASE_UDPLITE);
    struct case_claim late = case_open(AF_INET, SOCK_DGRAM, CASE_UDPLITE);
    struct case_claim udp = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&holder, "0.0.0.0", 1683);
    case_bind_fails(&late, "127.0.0.1", 1683, EADDRINUSE);
    case_bind(&udp, "0.0.0.0", 1683);
    case_bind_fails(&late, "203.0.113.1", 1684, EADDRNOTAVAIL);
    case_listen_fails(&holder, 4, EOPNOTSUPP);
    case_close(&holder);
    case_bind(&late, "127.0.0.1", 1683);
    case_close(&late);
    case_close(&udp);
    return 0;
}
