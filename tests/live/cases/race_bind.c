// SPDX-License-Identifier: Apache-2.0
/* Several threads bind one socket, each to its own port: exactly one wins and is told with its facts; the
 * others fail. */
#include "case_race.h"

#include <errno.h>

enum { THREADS = 4, ROUNDS = 50, FIRST_PORT = 20000 };

struct attempt {
    int fd;
    union case_address wanted;
};

static int try_bind(void* argument) {
    const struct attempt* attempt = argument;
    return bind(attempt->fd, &attempt->wanted.any, case_size(&attempt->wanted)) == 0 ? 0 : errno;
}

static void race(int family, int type, const char* address) {
    struct attempt attempts[THREADS];
    struct case_runner runners[THREADS];
    unsigned winners = 0;
    struct case_claim claim = case_open(family, type, 0);
    for (unsigned i = 0; i < THREADS; ++i) {
        attempts[i] = (struct attempt){claim.fd, case_address(family, address, FIRST_PORT + i)};
        runners[i] = (struct case_runner){.call = try_bind, .argument = &attempts[i]};
    }
    case_race(runners, THREADS);
    case_racing(true);
    for (unsigned i = 0; i < THREADS; ++i) {
        case_acts(runners[i].process);
        if (runners[i].result == 0) {
            ++winners;
            case_require(case_port(claim.fd) == FIRST_PORT + i, "the winner's port is the socket's");
            case_expect_bind(&claim, FIRST_PORT + i);
        } else {
            case_require(runners[i].result == EINVAL, "the others come too late");
            case_expect_bind_failure(&claim, &attempts[i].wanted, EINVAL);
        }
    }
    case_acts(NULL);
    case_racing(false);
    case_require(winners == 1, "exactly one wins");
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_own_netns();
    for (unsigned i = 0; i < ROUNDS; ++i) {
        race(AF_INET, SOCK_STREAM, "127.0.0.1");
        race(AF_INET6, SOCK_DGRAM, "::1");
    }
    return 0;
}
