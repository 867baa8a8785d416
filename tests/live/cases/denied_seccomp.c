// SPDX-License-Identifier: Apache-2.0
/*
 * seccomp is no layer of bind(2) but answers in its place: the kernel never sees an address, or that the
 * descriptor is a socket. Nothing was asked of it, so nothing is told (docs/EVENTS.md).
 */
#include "case.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static void deny_bind_and_listen(void) {
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bind, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_listen, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof(steps) / sizeof(steps[0]), .filter = steps};
    case_require(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no new privileges");
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) {
        case_skip("no seccomp filters");
    }
}

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim before = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&before, "127.0.0.1", 1683);
    deny_bind_and_listen();
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    const union case_address wanted = case_address(AF_INET, "127.0.0.1", 1684);
    case_require(bind(claim.fd, &wanted.any, case_size(&wanted)) == -1 && errno == EPERM, "bind is answered");
    case_unreached(true);
    case_expect_bind_failure(&claim, NULL, EPERM);
    case_listen_fails(&claim, 4, EPERM);
    case_listen_fails(&before, 4, EPERM);
    case_unreached(false);
    case_close(&claim);
    case_close(&before);
    return 0;
}
