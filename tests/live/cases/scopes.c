// SPDX-License-Identifier: Apache-2.0
/* An address of every scope, also at the edges of the blocks (RFC 6890). IP_FREEBIND lets them be bound. */
#include "case.h"

enum { OPTION_V6_FREEBIND = 78 };

static const char* const v4[] = {"0.0.0.0",     "127.0.0.1",      "127.255.255.254", "169.254.0.1",
                                 "10.0.0.1",    "10.255.0.1",     "11.0.0.1",        "172.15.255.255",
                                 "172.16.0.1",  "172.31.255.254", "172.32.0.1",      "192.168.0.1",
                                 "192.169.0.1", "224.0.0.1",      "239.255.255.255", "100.64.0.1",
                                 "192.0.2.1",   "198.51.100.1",   "1.1.1.1",         "223.255.255.254"};
static const char* const v6[] = {"::",
                                 "::1",
                                 "fe80::1",
                                 "febf::1",
                                 "fc00::1",
                                 "fdff::1",
                                 "fe00::1",
                                 "ff02::1",
                                 "ff0e::1",
                                 "2001:db8::1",
                                 "2606:4700::1111",
                                 "::2",
                                 "64:ff9b::1",
                                 "::ffff:10.0.0.1",
                                 "::ffff:127.0.0.1",
                                 "::ffff:8.8.8.8"};

static void bind_each(int family, const char* const* addresses, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        struct case_claim claim = case_open(family, SOCK_DGRAM, 0);
        if (family == AF_INET) {
            case_option(&claim, IPPROTO_IP, IP_FREEBIND, 1);
        } else {
            case_option(&claim, IPPROTO_IPV6, OPTION_V6_FREEBIND, 1);
        }
        case_bind(&claim, addresses[i], 1683);
        case_close(&claim);
    }
}

int main(void) {
    case_begin();
    case_own_netns();
    bind_each(AF_INET, v4, sizeof(v4) / sizeof(v4[0]));
    bind_each(AF_INET6, v6, sizeof(v6) / sizeof(v6[0]));
    return 0;
}
