// SPDX-License-Identifier: Apache-2.0
/* A group that shares one port by SO_REUSEPORT: as many claims as sockets, also of several processes. */
#include "case.h"

#include <netinet/in.h>
#include <stddef.h>

enum { MEMBERS = 3 };

static void join_group(int type) {
    struct case_claim members[MEMBERS];
    for (unsigned i = 0; i < MEMBERS; ++i) {
        members[i] = case_open(AF_INET, type, 0);
        case_option(&members[i], SOL_SOCKET, SO_REUSEPORT, 1);
        case_bind(&members[i], "0.0.0.0", 1683);
        if (type == SOCK_STREAM) {
            case_listen(&members[i], 4);
        }
    }
    for (unsigned i = 0; i < MEMBERS; ++i) {
        case_close(&members[i]);
    }
}

static void join_both(void* unused) {
    (void)unused;
    join_group(SOCK_STREAM);
    join_group(SOCK_DGRAM);
}

int main(void) {
    case_begin();
    case_own_netns();
    const pid_t one = case_fork(join_both, NULL);
    const pid_t other = case_fork(join_both, NULL);
    join_both(NULL);
    case_join(one, 0);
    case_join(other, 0);
    return 0;
}
