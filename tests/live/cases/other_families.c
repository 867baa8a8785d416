// SPDX-License-Identifier: Apache-2.0
/* Sockets that hold no port: raw, ICMP echo, packet, Unix and netlink ones are never told, whatever comes of
 * a bind. */
#include "case.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

static void bind_quietly(int family, int type, int protocol, const void* address, socklen_t size) {
    struct case_claim claim = case_open(family, type, protocol);
    case_expect_quiet(&claim);
    case_require(bind(claim.fd, address, size) == 0, "bind");
    case_require(bind(claim.fd, address, 1) == -1, "a bind that fails");
    listen(claim.fd, 4);
    close(claim.fd);
}

static void raw(int family, const char* loopback, const char* elsewhere, int protocol) {
    const union case_address here = case_address(family, loopback, 1683);
    const union case_address there = case_address(family, elsewhere, 1683);
    bind_quietly(family, SOCK_RAW, protocol, &here, case_size(&here));
    struct case_claim claim = case_open(family, SOCK_RAW, protocol);
    case_expect_quiet(&claim);
    case_require(bind(claim.fd, &there.any, case_size(&there)) == -1 && errno == EADDRNOTAVAIL,
                 "EADDRNOTAVAIL");
    close(claim.fd);
}

static void echo(int family, const char* loopback, int protocol) {
    const union case_address here = case_address(family, loopback, 1683); /* an echo identifier, not a port */
    bind_quietly(family, SOCK_DGRAM, protocol, &here, case_size(&here));
}

int main(void) {
    case_begin();
    case_own_netns();
    raw(AF_INET, "127.0.0.1", "203.0.113.1", IPPROTO_TCP);
    raw(AF_INET, "127.0.0.1", "203.0.113.1", IPPROTO_UDP);
    raw(AF_INET, "127.0.0.1", "203.0.113.1", IPPROTO_ICMP);
    raw(AF_INET, "127.0.0.1", "203.0.113.1", IPPROTO_RAW);
    raw(AF_INET6, "::1", "2001:db8::1", IPPROTO_TCP);
    raw(AF_INET6, "::1", "2001:db8::1", IPPROTO_ICMPV6);

    case_write_file("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
    echo(AF_INET, "127.0.0.1", IPPROTO_ICMP);
    echo(AF_INET6, "::1", IPPROTO_ICMPV6);

    const struct sockaddr_ll link = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = (int)if_nametoindex("lo")};
    bind_quietly(AF_PACKET, SOCK_RAW, htons(ETH_P_IP), &link, sizeof(link));
    bind_quietly(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP), &link, sizeof(link));

    struct sockaddr_un local = {.sun_family = AF_UNIX};
    memcpy(local.sun_path, "\0bindwatch-case-1683", 20);
    bind_quietly(AF_UNIX, SOCK_STREAM, 0, &local, (socklen_t)(sizeof(local.sun_family) + 20));
    bind_quietly(AF_UNIX, SOCK_DGRAM, 0, &local, (socklen_t)(sizeof(local.sun_family) + 20));

    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK, .nl_pid = 1683};
    bind_quietly(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &kernel, sizeof(kernel));

    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 1683);
    case_close(&claim);
    return 0;
}
