// SPDX-License-Identifier: Apache-2.0
/* 1,000 sockets in one process, held all at once. */
#include "case.h"

#include <sys/resource.h>

enum { SOCKETS = 1000 };

static struct case_claim claims[SOCKETS];

int main(void) {
    case_begin();
    case_own_netns();
    struct rlimit files;
    case_require(getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max >= SOCKETS + 64,
                 "enough descriptors");
    files.rlim_cur = files.rlim_max;
    case_require(setrlimit(RLIMIT_NOFILE, &files) == 0, "enough descriptors");
    case_acts(case_process());
    for (unsigned i = 0; i < SOCKETS; ++i) {
        const bool v6 = i % 4 >= 2;
        claims[i] = case_open(v6 ? AF_INET6 : AF_INET, i % 2 == 0 ? SOCK_STREAM : SOCK_DGRAM, 0);
        case_bind(&claims[i], v6 ? "::1" : "127.0.0.1", 0);
    }
    for (unsigned i = 0; i < SOCKETS; i += 2) {
        case_listen(&claims[i], 4);
    }
    for (unsigned i = 0; i < SOCKETS; ++i) {
        case_close(&claims[i]);
    }
    return 0;
}
