// SPDX-License-Identifier: Apache-2.0
/* A thread that goes from one network namespace to another: a socket stays in the one that it was made in. */
#include "case.h"

#include <fcntl.h>
#include <sched.h>

int main(void) {
    case_begin();
    case_own_netns();
    const int first = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    struct case_claim old = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&old, "127.0.0.1", 1683);
    case_own_netns();
    struct case_claim fresh = case_open(AF_INET, SOCK_STREAM, 0);
    case_require(old.netns != fresh.netns, "these are two namespaces");
    case_bind(&fresh, "127.0.0.1", 1683); /* the same port, free here */
    case_listen(&old, 4);
    case_require(first >= 0 && setns(first, CLONE_NEWNET) == 0, "setns");
    struct case_claim again = case_open(AF_INET6, SOCK_DGRAM, 0);
    case_require(again.netns == old.netns, "back in the first one");
    case_bind(&again, "::1", 1683);
    case_listen(&fresh, 4);
    case_close(&fresh);
    case_close(&old);
    case_close(&again);
    return 0;
}
