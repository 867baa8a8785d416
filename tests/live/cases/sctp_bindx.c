// SPDX-License-Identifier: Apache-2.0
/*
 * sctp_bindx(3) gives one socket several addresses on one port, in one call and later ones. Each address that
 * is asked for is a bind; the claim, which has all of them, ends once, and is told with the address it began
 * with.
 */
#include "case.h"

#include <errno.h>
#include <string.h>

enum { BINDX_ADD = 100, BINDX_REMOVE = 101 }; /* linux/sctp.h */

static int bindx(const struct case_claim* claim, int what, const char* const* addresses, unsigned count,
                 uint32_t port) {
    struct sockaddr_in packed[4];
    for (unsigned i = 0; i < count; ++i) {
        packed[i] = case_address(AF_INET, addresses[i], port).v4;
    }
    return setsockopt(claim->fd, CASE_SCTP, what, packed, (socklen_t)(count * sizeof(packed[0]))) == 0
               ? 0
               : errno;
}

static void expect_binds(struct case_claim* claim, const char* const* addresses, unsigned count,
                         uint32_t requested) {
    for (unsigned i = 0; i < count; ++i) {
        struct case_claim told = *claim;
        const union case_address local = case_address(AF_INET, addresses[i], case_port(claim->fd));
        case_expect_bind_at(&told, case_socket(claim), &local, requested);
        if (!claim->bound) {
            *claim = told;
        }
    }
}

int main(void) {
    static const char* const first[] = {"127.0.0.1", "127.0.0.2"};
    static const char* const second[] = {"127.0.0.3"};
    case_begin();
    if (!case_has(AF_INET, SOCK_STREAM, CASE_SCTP)) {
        case_skip("this kernel has no SCTP");
    }
    case_own_netns();
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, CASE_SCTP);
    case_require(bindx(&claim, BINDX_ADD, first, 2, 1683) == 0, "bindx");
    expect_binds(&claim, first, 2, 1683);
    case_require(bindx(&claim, BINDX_ADD, second, 1, 1683) == 0, "bindx");
    expect_binds(&claim, second, 1, 1683);
    case_listen(&claim, 4);
    case_require(bindx(&claim, BINDX_REMOVE, second, 1, 1683) == 0, "bindx");
    case_close(&claim);

    struct case_claim one = case_open(AF_INET, SOCK_SEQPACKET, CASE_SCTP);
    case_bind(&one, "127.0.0.1", 1684);
    case_require(bindx(&one, BINDX_ADD, second, 1, 1684) == 0, "bindx");
    expect_binds(&one, second, 1, 1684);
    case_close(&one);
    return 0;
}
