// SPDX-License-Identifier: Apache-2.0
/* storm [PROCESSES [SOCKETS [tcp|udp]]]: each process binds, listens and closes as fast as it can. */
#include "case.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PROCESSES = 64 };

struct plan {
    long sockets;
    int type;
};

static void run(void* argument) {
    const struct plan* plan = argument;
    const struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (long i = 0; i < plan->sockets; ++i) {
        const int fd = case_socket_of(AF_INET, plan->type, 0);
        case_require(fd >= 0, "socket");
        case_require(bind(fd, (const struct sockaddr*)&loopback, sizeof(loopback)) == 0, "bind");
        if (plan->type == SOCK_STREAM) {
            case_require(listen(fd, 1) == 0, "listen");
        }
        close(fd);
    }
    case_expect_storm((unsigned)plan->sockets, plan->type == SOCK_STREAM ? "[\"bind\",\"listen\",\"release\"]"
                                                                         : "[\"bind\",\"release\"]");
}

int main(int argc, char** argv) {
    const long processes = argc > 1 ? strtol(argv[1], NULL, 10) : 4;
    struct plan plan = {.sockets = argc > 2 ? strtol(argv[2], NULL, 10) : 1000,
                        .type = argc > 3 && strcmp(argv[3], "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM};
    case_require(processes > 0 && processes <= MAX_PROCESSES && plan.sockets > 0, "a sensible storm");
    case_begin();
    pid_t children[MAX_PROCESSES];
    for (long i = 0; i < processes; ++i) {
        children[i] = case_fork(run, &plan);
    }
    for (long i = 0; i < processes; ++i) {
        case_join(children[i], 0);
    }
    return 0;
}
