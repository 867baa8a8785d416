// SPDX-License-Identifier: Apache-2.0
/* vsock's SOCK_SEQPACKET (5.14) is told with its type; its claim ends with a kill, too. */
#include "case.h"

#include <signal.h>
#include <unistd.h>

static void hold(void* argument) {
    const int ready = *(const int*)argument;
    struct case_claim claim = case_open(AF_VSOCK, SOCK_SEQPACKET, 0);
    case_bind(&claim, "4294967295", 4000001686U);
    case_listen(&claim, 4);
    case_expect_release(&claim);
    case_require(write(ready, "", 1) == 1, "ready");
    for (;;) {
        pause();
    }
}

int main(void) {
    case_begin();
    if (!case_has(AF_VSOCK, SOCK_SEQPACKET, 0)) {
        case_skip("this kernel's vsock has no SOCK_SEQPACKET");
    }
    int ready[2];
    char byte;
    case_require(pipe(ready) == 0, "pipe");
    const pid_t child = case_fork(hold, &ready[1]);
    close(ready[1]);
    case_require(read(ready[0], &byte, 1) == 1, "the child holds its socket");
    kill(child, SIGKILL);
    case_join(child, SIGKILL);
    return 0;
}
