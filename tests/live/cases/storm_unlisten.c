// SPDX-License-Identifier: Apache-2.0
/*
 * storm_unlisten [PROCESSES [SOCKETS]]: sockets stop listening with shutdown(2), which gives up the port that
 * the kernel chose for them, and listen again, as fast as they can.
 */
#include "case.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_PROCESSES = 64 };

static void run(void* argument) {
    const long sockets = *(const long*)argument;
    const struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (long i = 0; i < sockets; ++i) {
        const int fd = case_socket_of(AF_INET, SOCK_STREAM, 0);
        case_require(fd >= 0, "socket");
        case_require(bind(fd, (const struct sockaddr*)&loopback, sizeof(loopback)) == 0, "bind");
        case_require(listen(fd, 1) == 0, "listen");
        case_require(shutdown(fd, SHUT_RD) == 0, "shutdown");
        case_require(listen(fd, 1) == 0, "listen again");
        close(fd);
    }
    case_expect_storm((unsigned)sockets, "[\"bind\",\"listen\",\"release\",\"bind\",\"listen\",\"release\"]");
}

int main(int argc, char** argv) {
    const long processes = argc > 1 ? strtol(argv[1], NULL, 10) : 4;
    long sockets = argc > 2 ? strtol(argv[2], NULL, 10) : 500;
    case_require(processes > 0 && processes <= MAX_PROCESSES && sockets > 0, "a sensible storm");
    case_begin();
    case_own_netns();
    pid_t children[MAX_PROCESSES];
    for (long i = 0; i < processes; ++i) {
        children[i] = case_fork(run, &sockets);
    }
    for (long i = 0; i < processes; ++i) {
        case_join(children[i], 0);
    }
    return 0;
}
