// SPDX-License-Identifier: Apache-2.0
/* A daemon's birth: the parent binds, forks and ends; the child, whose parent is another one by now, listens
 * and closes. The claim stays the dead parent's. */
#include "case.h"

#include <sys/prctl.h>
#include <unistd.h>

struct baton {
    struct case_claim tcp;
    struct case_claim udp;
    int gate[2];
    pid_t parent;
};

static void outlive(struct baton* baton) {
    char byte;
    case_begin();
    close(baton->gate[1]);
    case_require(read(baton->gate[0], &byte, 1) == 0, "the parent ends");
    while (getppid() == baton->parent) {
        usleep(100);
    }
    case_listen(&baton->tcp, 4);
    case_close(&baton->tcp);
    case_close(&baton->udp);
}

static void be_parent(void* unused) {
    (void)unused;
    struct baton baton = {.tcp = case_open(AF_INET, SOCK_STREAM, 0),
                          .udp = case_open(AF_INET, SOCK_DGRAM, 0),
                          .parent = getpid()};
    case_bind(&baton.tcp, "127.0.0.1", 1683);
    case_bind(&baton.udp, "127.0.0.1", 1683);
    case_require(pipe(baton.gate) == 0, "pipe");
    /* Not case_fork, whose children die with their parent. */
    const pid_t child = fork();
    case_require(child >= 0, "fork");
    if (child == 0) {
        outlive(&baton);
        _exit(0);
    }
}

int main(void) {
    case_begin();
    case_own_netns();
    case_require(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0, "orphans come here");
    case_join(case_fork(be_parent, NULL), 0);
    case_join(-1, 0);
    return 0;
}
