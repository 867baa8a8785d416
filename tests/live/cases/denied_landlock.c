// SPDX-License-Identifier: Apache-2.0
/*
 * A security module forbids the bind: Landlock's rules for TCP (6.7), which a program imposes on itself.
 * EACCES, and the port is the kernel's copy of what was asked for.
 */
#include "case.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/landlock.h of 6.7; older headers end before. */
enum { CREATE_RULESET_VERSION = 1, ACCESS_BIND_TCP = 1, RULE_NET_PORT = 2, FIRST_WITH_PORTS = 4 };
enum { SYSCALL_CREATE_RULESET = 444, SYSCALL_ADD_RULE = 445, SYSCALL_RESTRICT_SELF = 446 };

struct ruleset {
    uint64_t handled_files;
    uint64_t handled_net;
};
struct port_rule {
    uint64_t allowed;
    uint64_t port;
};

static void allow_only(uint64_t port) {
    if (syscall(SYSCALL_CREATE_RULESET, NULL, 0, CREATE_RULESET_VERSION) < FIRST_WITH_PORTS) {
        case_skip("no Landlock with rules for ports (6.7, lsm=landlock)");
    }
    const struct ruleset rules = {.handled_net = ACCESS_BIND_TCP};
    const struct port_rule rule = {.allowed = ACCESS_BIND_TCP, .port = port};
    const int ruleset = (int)syscall(SYSCALL_CREATE_RULESET, &rules, sizeof(rules), 0);
    case_require(ruleset >= 0 && syscall(SYSCALL_ADD_RULE, ruleset, RULE_NET_PORT, &rule, 0) == 0,
                 "the rules");
    case_require(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no new privileges");
    case_require(syscall(SYSCALL_RESTRICT_SELF, ruleset, 0) == 0, "the rules apply");
}

static void bind_under_rules(int family, const char* address) {
    struct case_claim tcp = case_open(family, SOCK_STREAM, 0);
    struct case_claim udp = case_open(family, SOCK_DGRAM, 0);
    case_bind_fails(&tcp, address, 1684, EACCES);
    case_bind_fails(&tcp, address, 0, EACCES);
    case_bind(&tcp, address, 1683);
    case_bind(&udp, address, 1684); /* the rules are about TCP */
    case_close(&tcp);
    case_close(&udp);
}

int main(void) {
    case_begin();
    case_own_netns();
    allow_only(1683);
    bind_under_rules(AF_INET, "127.0.0.1");
    bind_under_rules(AF_INET6, "::1");
    return 0;
}
