// SPDX-License-Identifier: Apache-2.0
/* Ends without close(2) of the descriptor's own: dup2 over it, close_range, the end of the thread that alone
 * had it. */
#include "case.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SYSCALL_CLOSE_RANGE = 436 };

static struct case_claim hold(uint32_t port) {
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", port);
    case_listen(&claim, 4);
    return claim;
}

static void* hold_alone(void* unused) {
    (void)unused;
    case_require(unshare(CLONE_FILES) == 0, "a table of descriptors of its own");
    struct case_claim claim = hold(1685);
    case_expect_release(&claim);
    return NULL;
}

int main(void) {
    case_begin();
    case_own_netns();
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct case_claim replaced = hold(1683);
    case_expect_release(&replaced);
    case_require(dup2(null, replaced.fd) == replaced.fd, "dup2");

    struct case_claim ranged = hold(1684);
    case_expect_release(&ranged);
    if (syscall(SYSCALL_CLOSE_RANGE, ranged.fd, ranged.fd, 0) != 0) {
        close(ranged.fd); /* before 5.9 */
    }

    pthread_t thread;
    case_require(pthread_create(&thread, NULL, hold_alone, NULL) == 0, "pthread_create");
    case_require(pthread_join(thread, NULL) == 0, "pthread_join");
    return 0;
}
