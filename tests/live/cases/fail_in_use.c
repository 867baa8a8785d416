// SPDX-License-Identifier: Apache-2.0
/* EADDRINUSE: the failure names the port asked for, and the holder's own events are untouched by it. */
#include "case.h"

#include <errno.h>
#include <netinet/in.h>

static void occupy_twice(int family, int type, const char* address) {
    struct case_claim holder = case_open(family, type, 0);
    struct case_claim late = case_open(family, type, 0);
    case_bind(&holder, address, 1683);
    case_bind_fails(&late, address, 1683, EADDRINUSE);
    if (type == SOCK_STREAM) {
        case_listen(&holder, 4);
        case_bind_fails(&late, address, 1683, EADDRINUSE);
    }
    case_close(&holder);
    case_bind(&late, address, 1683);
    case_close(&late);
}

int main(void) {
    case_begin();
    case_own_netns();
    occupy_twice(AF_INET, SOCK_STREAM, "127.0.0.1");
    occupy_twice(AF_INET, SOCK_DGRAM, "0.0.0.0");
    occupy_twice(AF_INET6, SOCK_STREAM, "::");
    occupy_twice(AF_INET6, SOCK_DGRAM, "::1");
    return 0;
}
