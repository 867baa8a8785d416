// SPDX-License-Identifier: Apache-2.0
/* Processes in a pid namespace of their own, and in one within that: pid is the first namespace's, ns_pid
 * their own. */
#include "case.h"

#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

static void serve(void* unused) {
    (void)unused;
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 0);
    case_listen(&claim, 4);
    case_close(&claim);
}

static void be_init(void* unused) {
    case_require(getpid() == 1, "the first process of its namespace");
    serve(unused);
    const pid_t second = case_fork(serve, NULL);
    case_require(second == 2, "the second process");
    case_join(second, 0);
    case_require(unshare(CLONE_NEWPID) == 0, "a namespace within the namespace");
    const pid_t inner = case_fork(serve, NULL);
    case_require(inner == 3, "the third one here, the first there");
    case_join(inner, 0);
}

int main(void) {
    case_begin();
    case_own_netns();
    const int home = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
    if (unshare(CLONE_NEWPID) != 0) {
        case_skip("no pid namespace of its own: unshare(CLONE_NEWPID) fails");
    }
    case_join(case_fork(be_init, NULL), 0);
    case_require(setns(home, CLONE_NEWPID) == 0, "setns");
    case_join(case_fork(serve, NULL), 0);
    return 0;
}
