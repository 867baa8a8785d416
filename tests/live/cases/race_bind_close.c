// SPDX-License-Identifier: Apache-2.0
/*
 * One thread binds, another closes the only descriptor at once. Either the bind found the socket (then the
 * claim lasts as long as the call: a bind, a release), or nothing was there (EBADF: nothing is told).
 */
#include "case_race.h"

#include <errno.h>
#include <unistd.h>

enum { ROUNDS = 200, FIRST_PORT = 20000 };

struct attempt {
    int fd;
    union case_address wanted;
};

static int try_bind(void* argument) {
    const struct attempt* attempt = argument;
    return bind(attempt->fd, &attempt->wanted.any, case_size(&attempt->wanted)) == 0 ? 0 : errno;
}

static int try_close(void* argument) {
    return close(((const struct attempt*)argument)->fd) == 0 ? 0 : errno;
}

static bool race(int family, int type, const char* address, uint32_t port) {
    struct case_claim claim = case_open(family, type, 0);
    struct attempt attempt = {claim.fd, case_address(family, address, port)};
    /* What can be said of it is noted before: afterwards there is nothing to ask. */
    struct case_claim model = case_open(family, type, 0);
    if (family == AF_INET6) {
        case_option(&claim, IPPROTO_IPV6, IPV6_V6ONLY, 1); /* as a bind to one address would make it */
    }
    const char* socket_before = case_socket(&claim);
    case_expect_quiet(&claim);
    struct case_runner runners[] = {{.call = try_bind, .argument = &attempt},
                                    {.call = try_close, .argument = &attempt}};
    case_race(runners, 2);
    case_require(runners[1].result == 0, "close");
    const bool bound = runners[0].result == 0;
    if (bound) {
        case_acts(runners[0].process);
        case_expect_bind_at(&model, socket_before, &attempt.wanted, port);
        case_acts(NULL);
        case_expect_release(&model);
    } else {
        case_require(runners[0].result == EBADF, "the bind comes too late");
    }
    close(model.fd);
    return bound;
}

int main(void) {
    unsigned bound = 0;
    case_begin();
    case_own_netns();
    for (unsigned i = 0; i < ROUNDS || bound == 0; ++i) {
        bound += race(AF_INET, SOCK_STREAM, "127.0.0.1", FIRST_PORT + i % ROUNDS);
        bound += race(AF_INET6, SOCK_DGRAM, "::1", FIRST_PORT + i % ROUNDS);
    }
    return 0;
}
