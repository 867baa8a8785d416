// SPDX-License-Identifier: Apache-2.0
/*
 * One thread binds, another listens on the same socket at once. Either the bind came first (bind, listen), or
 * the listen did: then it bound implicitly and the bind fails.
 */
#include "case_race.h"

#include <errno.h>

enum { ROUNDS = 100 };

struct attempt {
    int fd;
    union case_address wanted;
};

static int try_bind(void* argument) {
    const struct attempt* attempt = argument;
    return bind(attempt->fd, &attempt->wanted.any, case_size(&attempt->wanted)) == 0 ? 0 : errno;
}

static int try_listen(void* argument) {
    return listen(((const struct attempt*)argument)->fd, 4) == 0 ? 0 : errno;
}

static void race(int family, const char* address) {
    struct case_claim claim = case_open(family, SOCK_STREAM, 0);
    struct attempt attempt = {claim.fd, case_address(family, address, 1683)};
    struct case_runner runners[] = {{.call = try_bind, .argument = &attempt},
                                    {.call = try_listen, .argument = &attempt}};
    case_race(runners, 2);
    case_require(runners[1].result == 0, "listen");
    if (runners[0].result == 0) {
        case_acts(runners[0].process);
        case_expect_bind(&claim, 1683);
        case_acts(runners[1].process);
        case_expect_listen(&claim, 4);
    } else {
        case_require(runners[0].result == EINVAL, "the bind comes too late");
        case_racing(true);
        case_acts(runners[1].process);
        case_expect_listen(&claim, 4);
        case_acts(runners[0].process);
        case_expect_bind_failure(&claim, &attempt.wanted, EINVAL);
        case_racing(false);
    }
    case_acts(NULL);
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_own_netns();
    for (unsigned i = 0; i < ROUNDS; ++i) {
        race(AF_INET, "127.0.0.1");
        race(AF_INET6, "::1");
    }
    return 0;
}
