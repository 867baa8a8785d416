// SPDX-License-Identifier: Apache-2.0
/* The parent binds and closes, the child listens and closes last: the listen is the child's, the claim the
 * parent's. */
#include "case.h"

#include <netinet/in.h>
#include <unistd.h>

struct baton {
    struct case_claim claim;
    int gate[2];
};

static void take_over(void* argument) {
    struct baton* baton = argument;
    char byte;
    close(baton->gate[1]);
    /* End of file: the parent has closed its descriptor of the socket. */
    case_require(read(baton->gate[0], &byte, 1) == 0, "the gate opens");
    case_listen(&baton->claim, 4);
    case_close(&baton->claim);
}

int main(void) {
    case_begin();
    struct baton baton = {.claim = case_open(AF_INET, SOCK_STREAM, 0)};
    case_bind(&baton.claim, "127.0.0.1", 0);
    case_require(pipe(baton.gate) == 0, "pipe");
    const pid_t child = case_fork(take_over, &baton);
    close(baton.gate[0]);
    close(baton.claim.fd);
    close(baton.gate[1]);
    case_join(child, 0);
    return 0;
}
