// SPDX-License-Identifier: Apache-2.0
/* Bound, never listening: a bind and a release, and the same port again by the next socket. */
#include "case.h"

#include <netinet/in.h>

int main(void) {
    case_begin();
    case_own_netns();
    for (unsigned i = 0; i < 3; ++i) {
        struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
        case_bind(&claim, "127.0.0.1", 1683);
        case_close(&claim);
    }
    return 0;
}
