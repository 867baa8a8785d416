// SPDX-License-Identifier: Apache-2.0
/*
 * Addresses that are none: a bad pointer, too short, too long, of another family. Nothing that could be told
 * of them was asked for: address and port are null. A longer buffer than needed is no mistake, and AF_UNSPEC
 * with the any-address means AF_INET for old programs' sake (net/ipv4/af_inet.c, __inet_bind).
 */
#include "case.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

static void fail(const struct case_claim* claim, const void* address, long size, int error) {
    /* Not through the C library, whose attributes say that the pointer is a good one. */
    case_require(syscall(SYS_bind, claim->fd, address, size) == -1 && errno == error,
                 "bind fails as it should");
    case_expect_bind_failure(claim, NULL, error);
}

static void fail_in_all_ways(int family, int type, const char* loopback) {
    const union case_address good = case_address(family, loopback, 1683);
    struct case_claim claim = case_open(family, type, 0);
    fail(&claim, (const void*)8, case_size(&good), EFAULT); // NOLINT(performance-no-int-to-ptr)
    fail(&claim, NULL, case_size(&good), EFAULT);
    fail(&claim, &good, 0, EINVAL);
    fail(&claim, &good, 2, EINVAL);
    fail(&claim, &good, 8, EINVAL);
    fail(&claim, &good, -1, EINVAL);
    fail(&claim, &good, sizeof(good.room) + 1, EINVAL);

    union case_address strange = good;
    strange.any.sa_family = AF_UNIX;
    fail(&claim, &strange, sizeof(strange.v6), EAFNOSUPPORT);
    strange.any.sa_family = AF_UNSPEC;
    if (family == AF_INET6) {
        fail(&claim, &strange, sizeof(strange.v6), EAFNOSUPPORT);
    }
    case_require(bind(claim.fd, &good.any, sizeof(good.room)) == 0, "a buffer that is too long");
    case_expect_bind(&claim, 1683);
    case_close(&claim);
}

static void bind_unspecified(int type) {
    struct case_claim claim = case_open(AF_INET, type, 0);
    union case_address any = case_address(AF_INET, "0.0.0.0", 1683);
    any.any.sa_family = AF_UNSPEC;
    case_require(bind(claim.fd, &any.any, sizeof(any.v4)) == 0, "AF_UNSPEC as AF_INET");
    case_expect_bind(&claim, 1683);
    case_close(&claim);
}

int main(void) {
    const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    case_begin();
    case_own_netns();
    for (unsigned i = 0; i < 2; ++i) {
        fail_in_all_ways(AF_INET, types[i], "127.0.0.1");
        fail_in_all_ways(AF_INET6, types[i], "::1");
        bind_unspecified(types[i]);
    }
    return 0;
}
