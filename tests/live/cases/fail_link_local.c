// SPDX-License-Identifier: Apache-2.0
/* Link-local IPv6 addresses: without an interface EINVAL, with one that is not there ENODEV, with one that
 * has it bound. */
#include "case.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* linux/ipv6.h, which does not go together with the C library's headers. */
struct in6_ifreq {
    struct in6_addr address;
    uint32_t prefix;
    int interface;
};

static void fail(const struct case_claim* claim, uint32_t interface, int error) {
    union case_address wanted = case_address(AF_INET6, "fe80::1683", 1683);
    wanted.v6.sin6_scope_id = interface;
    case_require(bind(claim->fd, &wanted.any, case_size(&wanted)) == -1 && errno == error,
                 "bind fails as it should");
    case_expect_bind_failure(claim, &wanted, error);
}

/* The kernel makes an address usable in its own time; IFA_F_TENTATIVE (40) is gone from the flags then. */
static bool usable(void) {
    char line[256];
    bool found = false;
    FILE* addresses = fopen("/proc/net/if_inet6", "re");
    case_require(addresses != NULL, "/proc/net/if_inet6");
    while (!found && fgets(line, sizeof(line), addresses) != NULL) {
        unsigned flags = 0;
        found = strncmp(line, "fe80", 4) == 0 && sscanf(line, "%*s %*x %*x %*x %x", &flags) == 1 &&
                (flags & 0x40) == 0;
    }
    fclose(addresses);
    return found;
}

int main(void) {
    const int types[] = {SOCK_STREAM, SOCK_DGRAM};
    case_begin();
    case_own_netns();
    const union case_address own = case_address(AF_INET6, "fe80::1683", 0);
    const int control = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const struct in6_ifreq request = {
        .address = own.v6.sin6_addr, .prefix = 64, .interface = (int)if_nametoindex("lo")};
    for (unsigned i = 0; i < 2; ++i) {
        struct case_claim claim = case_open(AF_INET6, types[i], 0);
        fail(&claim, 0, EINVAL);
        fail(&claim, 4242, ENODEV);
        if (i == 0) {
            fail(&claim, if_nametoindex("lo"), EADDRNOTAVAIL);
            case_require(ioctl(control, SIOCSIFADDR, &request) == 0, "lo gets the address");
            while (!usable()) {
                usleep(1000);
            }
        }
        case_close(&claim);
        claim = case_open(AF_INET6, types[i], 0);
        case_bind(&claim, "fe80::1683", 1683);
        case_close(&claim);
    }
    close(control);
    return 0;
}
