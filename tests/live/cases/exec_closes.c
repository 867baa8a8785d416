// SPDX-License-Identifier: Apache-2.0
/* execve(2) closes what is marked close-on-exec: a release of the claim of the program that was. */
#include "case.h"

#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc == 2 && strcmp(argv[1], "after") == 0) {
        case_begin();
        struct case_claim again = case_open(AF_INET, SOCK_STREAM, 0);
        case_bind(&again, "127.0.0.1", 1683);
        case_close(&again);
        return 0;
    }
    case_begin();
    case_own_netns();
    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim udp = case_open(AF_INET6, SOCK_DGRAM, 0);
    case_bind(&tcp, "127.0.0.1", 1683);
    case_listen(&tcp, 4);
    case_bind(&udp, "::1", 1683);
    case_expect_release(&tcp);
    case_expect_release(&udp);
    execl("/proc/self/exe", "renamed", "after", NULL);
    case_require(false, "execl");
}
