// SPDX-License-Identifier: Apache-2.0
/* Several threads listen on one socket at once: one implicit bind and one listen, both of the one that came
 * first. */
#include "case_race.h"

#include <errno.h>

enum { THREADS = 4, ROUNDS = 50 };

static int try_listen(void* fd) {
    return listen(*(const int*)fd, 4) == 0 ? 0 : errno;
}

/* Who came first is not known to user space: the thread is left open. */
static void race(int family, const char* address) {
    struct case_runner runners[THREADS];
    struct case_claim claim = case_open(family, SOCK_STREAM, 0);
    if (address != NULL) {
        case_bind(&claim, address, 1683);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        runners[i] = (struct case_runner){.call = try_listen, .argument = &claim.fd};
    }
    case_race(runners, THREADS);
    for (unsigned i = 0; i < THREADS; ++i) {
        case_require(runners[i].result == 0, "listen");
    }
    case_acts_as_thread(0);
    case_expect_listen(&claim, 4);
    case_acts_as_thread(-1);
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_own_netns();
    for (unsigned i = 0; i < ROUNDS; ++i) {
        race(AF_INET, NULL);
        race(AF_INET6, NULL);
        race(AF_INET, "127.0.0.1");
        race(AF_INET6, "::1");
    }
    return 0;
}
