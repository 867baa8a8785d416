// SPDX-License-Identifier: Apache-2.0
/*
 * 3,000 binds while another thread keeps rewriting the port in their address. What the kernel copied is what
 * counts: of a success getsockname tells it, and the only port that can fail is the one that is taken.
 */
#include "case.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { BINDS = 3000, TAKEN = 1683, FREE = 1684 };

static union case_address shared;
static atomic_bool stop;

static void* rewrite(void* unused) {
    (void)unused;
    volatile in_port_t* port = &shared.v4.sin_port;
    for (unsigned i = 0; !stop; ++i) {
        *port = htons(i % 2 == 0 ? TAKEN : FREE);
    }
    return NULL;
}

int main(void) {
    case_begin();
    case_own_netns();
    const union case_address taken = case_address(AF_INET, "127.0.0.1", TAKEN);
    struct case_claim holder = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&holder, "127.0.0.1", TAKEN);
    shared = taken;
    pthread_t writer;
    case_require(pthread_create(&writer, NULL, rewrite, NULL) == 0, "pthread_create");
    case_acts(case_process());
    unsigned binds[2] = {0, 0};
    for (unsigned i = 0; i < BINDS || binds[0] == 0 || binds[1] == 0; ++i) {
        struct case_claim claim = case_open(AF_INET, SOCK_DGRAM, 0);
        if (bind(claim.fd, &shared.any, sizeof(shared.v4)) == 0) {
            case_require(case_port(claim.fd) == FREE, "only that port is free");
            case_expect_bind(&claim, FREE);
            ++binds[0];
        } else {
            case_require(errno == EADDRINUSE, "only that port is taken");
            case_expect_bind_failure(&claim, &taken, EADDRINUSE);
            ++binds[1];
        }
        case_close(&claim);
    }
    stop = true;
    case_require(pthread_join(writer, NULL) == 0, "pthread_join");
    case_close(&holder);
    return 0;
}
