// SPDX-License-Identifier: Apache-2.0
/* A cgroup program forbids the bind before anything is done (cgroup/bind4, bind6): EPERM and what was asked
 * for. */
#include "case_bpf.h"
#include "case_cgroup.h"

#include <errno.h>

static void deny(int cgroup, enum bpf_attach_type point, int family, const char* address) {
    const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    for (unsigned i = 0; i < 2; ++i) {
        struct case_claim claim = case_open(family, types[i], 0);
        case_forbid(cgroup, BPF_PROG_TYPE_CGROUP_SOCK_ADDR, point);
        case_bind_fails(&claim, address, 1683, EPERM);
        case_bind_fails(&claim, address, 0, EPERM);
        case_allow(cgroup, point);
        case_bind(&claim, address, 1683);
        case_close(&claim);
    }
}

int main(void) {
    case_begin();
    case_own_netns();
    const int cgroup = case_own_cgroup();
    deny(cgroup, BPF_CGROUP_INET4_BIND, AF_INET, "127.0.0.1");
    deny(cgroup, BPF_CGROUP_INET6_BIND, AF_INET6, "::1");
    return 0;
}
