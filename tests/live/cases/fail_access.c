// SPDX-License-Identifier: Apache-2.0
/* EACCES: an unprivileged user and a port of the system tier. */
#include "case.h"

#include <errno.h>
#include <grp.h>
#include <netinet/in.h>
#include <unistd.h>

enum { NOBODY = 65534 };

int main(void) {
    case_begin();
    case_own_netns(); /* net.ipv4.ip_unprivileged_port_start of a new namespace is 1024 */
    case_require(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0, "drops to nobody");

    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind_fails(&tcp, "127.0.0.1", 80, EACCES);
    case_bind(&tcp, "127.0.0.1", 8080);
    case_close(&tcp);

    struct case_claim udp6 = case_open(AF_INET6, SOCK_DGRAM, 0);
    case_bind_fails(&udp6, "::", 443, EACCES);
    case_close(&udp6);
    return 0;
}
