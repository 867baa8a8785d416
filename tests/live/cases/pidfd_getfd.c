// SPDX-License-Identifier: Apache-2.0
/* pidfd_getfd(2): another process takes the socket out of its holder, listens and closes last. The claim
 * stays the binder's. */
#include "case.h"

#include <sys/syscall.h>
#include <unistd.h>

struct hand_over {
    int ready[2];
    int taken[2];
};

/* linux/unistd.h: the same numbers on every architecture. */
enum { SYSCALL_PIDFD_OPEN = 434, SYSCALL_PIDFD_GETFD = 438 };

static void hold(void* argument) {
    const struct hand_over* gates = argument;
    char byte;
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 1683);
    const int packed = case_pack(&claim);
    const int numbers[] = {claim.fd, packed};
    case_require(write(gates->ready[1], numbers, sizeof(numbers)) == sizeof(numbers), "ready");
    case_require(read(gates->taken[0], &byte, 1) == 1, "taken");
}

int main(void) {
    case_begin();
    case_own_netns();
    struct hand_over gates;
    int numbers[2];
    case_require(pipe(gates.ready) == 0 && pipe(gates.taken) == 0, "pipe");
    const pid_t child = case_fork(hold, &gates);
    const int process = (int)syscall(SYSCALL_PIDFD_OPEN, child, 0);
    case_require(process >= 0, "pidfd_open");
    case_require(read(gates.ready[0], numbers, sizeof(numbers)) == sizeof(numbers),
                 "the child holds its socket");
    const int fd = (int)syscall(SYSCALL_PIDFD_GETFD, process, numbers[0], 0);
    if (fd < 0) {
        case_skip("no pidfd_getfd (5.6)");
    }
    struct case_claim claim = case_unpack((int)syscall(SYSCALL_PIDFD_GETFD, process, numbers[1], 0));
    claim.fd = fd;
    case_require(write(gates.taken[1], "", 1) == 1, "go");
    case_join(child, 0);
    case_listen(&claim, 4);
    case_close(&claim);
    return 0;
}
