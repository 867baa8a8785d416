// SPDX-License-Identifier: Apache-2.0
/* kill -9: the kernel closes everything, the releases name the dead process. */
#include "case.h"

#include <netinet/in.h>
#include <signal.h>
#include <unistd.h>

static void hold(void* argument) {
    const int ready = *(const int*)argument;
    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim udp = case_open(AF_INET6, SOCK_DGRAM, 0);
    struct case_claim idle = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&tcp, "127.0.0.1", 0);
    case_listen(&tcp, 4);
    case_bind(&udp, "::1", 0);
    case_bind(&idle, "127.0.0.1", 0);
    case_expect_release(&tcp);
    case_expect_release(&udp);
    case_expect_release(&idle);
    case_require(write(ready, "", 1) == 1, "ready");
    for (;;) {
        pause();
    }
}

int main(void) {
    case_begin();
    int ready[2];
    char byte;
    case_require(pipe(ready) == 0, "pipe");
    const pid_t child = case_fork(hold, &ready[1]);
    close(ready[1]);
    case_require(read(ready[0], &byte, 1) == 1, "the child holds its sockets");
    kill(child, SIGKILL);
    case_join(child, SIGKILL);
    return 0;
}
