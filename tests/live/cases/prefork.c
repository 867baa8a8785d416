// SPDX-License-Identifier: Apache-2.0
/* A server of the old school: the parent binds, each child listens on the same socket and ends. One listen,
 * of whoever came first, and one release, when the last descriptor is gone. */
#include "case.h"

#include <unistd.h>

enum { CHILDREN = 4 };

static void listen_too(void* claim) {
    case_listen(claim, 4);
}

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 1683);
    for (unsigned i = 0; i < CHILDREN; ++i) {
        case_join(case_fork(listen_too, &claim), 0); /* only the first one finds it not listening */
    }
    case_close(&claim);
    return 0;
}
