// SPDX-License-Identifier: Apache-2.0
/*
 * While one thread binds, another puts a socket of another kind at the same descriptor (dup2). The bind is of
 * the socket that the call found, which is the one that has the port afterwards; the other one is quiet.
 */
#include "case_race.h"

#include <errno.h>
#include <unistd.h>

enum { ROUNDS = 100 };

struct attempt {
    int fd;
    int other;
    union case_address wanted;
};

static int try_bind(void* argument) {
    const struct attempt* attempt = argument;
    return bind(attempt->fd, &attempt->wanted.any, case_size(&attempt->wanted)) == 0 ? 0 : errno;
}

static int try_dup(void* argument) {
    const struct attempt* attempt = argument;
    return dup2(attempt->other, attempt->fd) >= 0 ? 0 : errno;
}

static void race(void) {
    struct case_claim first = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim second = case_open(AF_INET, SOCK_DGRAM, 0);
    struct attempt attempt = {
        .fd = dup(first.fd), .other = second.fd, .wanted = case_address(AF_INET, "127.0.0.1", 1683)};
    struct case_runner runners[] = {{.call = try_bind, .argument = &attempt},
                                    {.call = try_dup, .argument = &attempt}};
    case_race(runners, 2);
    case_require(runners[0].result == 0 && runners[1].result == 0, "bind and dup2");
    struct case_claim* bound = case_port(first.fd) == 1683 ? &first : &second;
    case_acts(runners[0].process);
    case_expect_bind(bound, 1683);
    case_acts(NULL);
    case_expect_quiet(bound == &first ? &second : &first);
    close(attempt.fd);
    case_close(&first);
    case_close(&second);
}

int main(void) {
    case_begin();
    case_own_netns();
    for (unsigned i = 0; i < ROUNDS; ++i) {
        race();
    }
    return 0;
}
