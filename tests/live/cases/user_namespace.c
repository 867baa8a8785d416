// SPDX-License-Identifier: Apache-2.0
/* In a user namespace: uid and gid are told in the numbers of the first one, whatever the process sees
 * itself. */
#include "case.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static void serve(void) {
    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&tcp, "127.0.0.1", 1683);
    case_listen(&tcp, 4);
    case_close(&tcp);
}

static void enter_unmapped(void* unused) {
    (void)unused;
    if (unshare(CLONE_NEWUSER) != 0) {
        case_skip("no user namespace: unshare(CLONE_NEWUSER) fails");
    }
    case_require(geteuid() == 65534, "nobody in there");
    serve();
}

static void enter_as_root(void* unused) {
    (void)unused;
    case_require(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0, "another user");
    /* Or else the files of this process below /proc would be root's. */
    case_require(prctl(PR_SET_DUMPABLE, 1) == 0, "dumpable");
    if (unshare(CLONE_NEWUSER) != 0) {
        case_skip("no user namespace for ordinary users");
    }
    case_write_file("/proc/self/setgroups", "deny");
    case_write_file("/proc/self/uid_map", "0 65534 1");
    case_write_file("/proc/self/gid_map", "0 65534 1");
    case_require(geteuid() == 0 && getegid() == 0, "root in there");
    serve();
    /* Root of the namespace, but not of the network namespace: it has no right to low ports. */
    struct case_claim low = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind_fails(&low, "127.0.0.1", 80, EACCES);
    case_close(&low);
    /* In a network namespace of the user namespace it has. */
    case_own_netns();
    low = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&low, "127.0.0.1", 80);
    case_close(&low);
}

int main(void) {
    case_begin();
    case_own_netns();
    case_join(case_fork(enter_unmapped, NULL), 0);
    case_join(case_fork(enter_as_root, NULL), 0);
    return 0;
}
