// SPDX-License-Identifier: Apache-2.0
/*
 * A bound socket goes through execve(2) and listens there: the listen is the new program's, with its name and
 * arguments, the release the old one's, who made the claim.
 */
#include "case.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc == 4 && strcmp(argv[1], "after") == 0) {
        case_begin();
        struct case_claim tcp = case_unpack(atoi(argv[2]));
        struct case_claim udp = case_unpack(atoi(argv[3]));
        case_listen(&tcp, 4);
        case_close(&tcp);
        case_close(&udp);
        return 0;
    }
    case_begin();
    case_own_netns();
    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim udp = case_open(AF_INET6, SOCK_DGRAM, 0);
    case_bind(&tcp, "127.0.0.1", 1683);
    case_bind(&udp, "::1", 1683);
    case_require(fcntl(tcp.fd, F_SETFD, 0) == 0 && fcntl(udp.fd, F_SETFD, 0) == 0,
                 "the descriptors stay open");
    char numbers[2][16];
    snprintf(numbers[0], sizeof(numbers[0]), "%d", case_pack(&tcp));
    snprintf(numbers[1], sizeof(numbers[1]), "%d", case_pack(&udp));
    execl("/proc/self/exe", "renamed", "after", numbers[0], numbers[1], NULL);
    case_require(false, "execl");
}
