// SPDX-License-Identifier: Apache-2.0
/* Options set between bind and listen: the listen shows them, the bind did not, and the release is of the
 * claim as made. */
#include "case.h"

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim v4 = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&v4, "127.0.0.1", 1683);
    case_option(&v4, SOL_SOCKET, SO_REUSEADDR, 1);
    case_option(&v4, IPPROTO_IP, IP_FREEBIND, 1);
    case_option(&v4, IPPROTO_IP, IP_TRANSPARENT, 1);
    case_listen(&v4, 4);
    case_close(&v4);

    struct case_claim v6 = case_open(AF_INET6, SOCK_STREAM, 0);
    case_option(&v6, SOL_SOCKET, SO_REUSEPORT, 1);
    case_bind(&v6, "::1", 1683);
    case_option(&v6, SOL_SOCKET, SO_REUSEPORT, 0);
    case_require(setsockopt(v6.fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof("lo")) == 0, "SO_BINDTODEVICE");
    case_listen(&v6, 4);
    case_close(&v6);
    return 0;
}
