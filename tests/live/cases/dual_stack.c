// SPDX-License-Identifier: Apache-2.0
/* One IPv6 listener for both families, bound explicitly and by listen; and the namespace's default for
 * IPV6_V6ONLY. */
#include "case.h"

#include <errno.h>
#include <unistd.h>

static void accept_ipv4(const struct case_claim* listener) {
    const union case_address to = case_address(AF_INET, "127.0.0.1", case_port(listener->fd));
    struct case_claim client = case_open(AF_INET, SOCK_STREAM, 0);
    case_expect_quiet(&client);
    case_require(connect(client.fd, &to.any, case_size(&to)) == 0, "an IPv4 client gets through");
    struct case_claim accepted = case_of(accept(listener->fd, NULL, NULL));
    case_expect_quiet(&accepted);
    close(client.fd);
    close(accepted.fd);
}

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim named = case_open(AF_INET6, SOCK_STREAM, 0);
    case_bind(&named, "::", 1683);
    case_listen(&named, 4);
    accept_ipv4(&named);
    struct case_claim implicit = case_open(AF_INET6, SOCK_STREAM, 0);
    case_listen(&implicit, 4);
    accept_ipv4(&implicit);
    case_close(&named);
    case_close(&implicit);

    case_write_file("/proc/sys/net/ipv6/bindv6only", "1");
    struct case_claim only = case_open(AF_INET6, SOCK_STREAM, 0);
    struct case_claim v4 = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&only, "::", 1684);
    case_bind(&v4, "0.0.0.0", 1684);
    case_listen(&only, 4);
    case_listen(&v4, 4);
    case_close(&only);
    case_close(&v4);
    return 0;
}
