// SPDX-License-Identifier: Apache-2.0
/* A daemon binds just before and just after its parent has ended: its ancestors are others by then. */
#include "case.h"

#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { TIMES = 10 };

static void serve(void) {
    struct case_claim udp = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&udp, "127.0.0.1", 1683);
    case_close(&udp);
}

static void be_parent(void* unused) {
    (void)unused;
    int gate[2];
    const pid_t parent = getpid();
    case_require(pipe(gate) == 0, "pipe");
    /* Not case_fork, whose children die with their parent. */
    const pid_t child = fork();
    case_require(child >= 0, "fork");
    char byte = 0;
    if (child == 0) {
        case_begin();
        serve();
        serve();
        case_require(write(gate[1], &byte, 1) == 1, "write");
        while (getppid() == parent) {
            sched_yield();
        }
        serve();
        _exit(0);
    }
    case_require(read(gate[0], &byte, 1) == 1, "read");
}

int main(void) {
    case_begin();
    case_own_netns();
    case_require(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0, "orphans come here");
    for (int i = 0; i < TIMES; ++i) {
        case_join(case_fork(be_parent, NULL), 0);
        case_join(-1, 0);
    }
    return 0;
}
