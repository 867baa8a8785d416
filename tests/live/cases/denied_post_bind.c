// SPDX-License-Identifier: Apache-2.0
/*
 * A cgroup program forbids the bind after the port was taken (cgroup/post_bind4, post_bind6): the kernel
 * gives it back. For a moment it looked like a claim; it never was one.
 */
#include "case_bpf.h"
#include "case_cgroup.h"

#include <errno.h>
#include <sys/socket.h>

/*
 * A second bind after a denied one: before Linux 5.17 (91a760b26926) the kernel has forgotten to give the
 * port back, and says EINVAL of a socket that it takes for bound; it stays so to its end.
 */
static bool is_denied_again(const struct case_claim* claim, int family, const char* address) {
    const union case_address wanted = case_address(family, address, 1683);
    case_require(bind(claim->fd, &wanted.any, case_size(&wanted)) != 0, "the second bind fails");
    const int error = errno;
    case_require(error == EPERM || error == EINVAL, "the second bind fails with EPERM or EINVAL");
    case_expect_bind_failure(claim, &wanted, error);
    return error == EPERM;
}

static void deny(int cgroup, enum bpf_attach_type point, int family, const char* address) {
    const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    for (unsigned i = 0; i < 2; ++i) {
        struct case_claim claim = case_open(family, types[i], 0);
        case_forbid(cgroup, BPF_PROG_TYPE_CGROUP_SOCK, point);
        case_bind_fails(&claim, address, 1683, EPERM);
        const bool given_up = is_denied_again(&claim, family, address);
        if (given_up) {
            case_bind_fails(&claim, address, 0, EPERM);
        }
        case_allow(cgroup, point);
        if (given_up) {
            case_bind(&claim, address, 1683);
        }
        case_close(&claim);

        struct case_claim never = case_open(family, types[i], 0);
        case_forbid(cgroup, BPF_PROG_TYPE_CGROUP_SOCK, point);
        case_bind_fails(&never, address, 1683, EPERM);
        case_close(&never);
        case_allow(cgroup, point);
    }
}

int main(void) {
    case_begin();
    case_own_netns();
    const int cgroup = case_own_cgroup();
    deny(cgroup, BPF_CGROUP_INET4_POST_BIND, AF_INET, "127.0.0.1");
    deny(cgroup, BPF_CGROUP_INET6_POST_BIND, AF_INET6, "::1");
    return 0;
}
