// SPDX-License-Identifier: Apache-2.0
/*
 * storm_failures [PROCESSES [SOCKETS]]: threads of each process ask for a port that is taken as fast as they
 * can. A failure is seen by other hooks than a success, and each must be told although the next thread's
 * comes at once.
 */
#include "case.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, MAX_PROCESSES = 64 };

struct plan {
    long sockets; /* of each thread */
    struct sockaddr_in taken;
};

static void* run_thread(void* argument) {
    const struct plan* plan = argument;
    for (long i = 0; i < plan->sockets; ++i) {
        const int fd = case_socket_of(AF_INET, SOCK_STREAM, 0);
        case_require(fd >= 0, "socket");
        case_require(bind(fd, (const struct sockaddr*)&plan->taken, sizeof(plan->taken)) == -1 &&
                         errno == EADDRINUSE,
                     "the port is taken");
        close(fd);
    }
    return NULL;
}

static void run(void* argument) {
    const struct plan* plan = argument;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; ++i) {
        case_require(pthread_create(&threads[i], NULL, run_thread, argument) == 0, "pthread_create");
    }
    for (int i = 0; i < THREADS; ++i) {
        case_require(pthread_join(threads[i], NULL) == 0, "pthread_join");
    }
    case_expect_storm((unsigned)plan->sockets * THREADS, "[\"bind\"]");
}

int main(int argc, char** argv) {
    const long processes = argc > 1 ? strtol(argv[1], NULL, 10) : 2;
    struct plan plan = {.sockets = argc > 2 ? strtol(argv[2], NULL, 10) : 250};
    case_require(processes > 0 && processes <= MAX_PROCESSES && plan.sockets > 0, "a sensible storm");
    case_begin();
    case_own_netns();
    struct case_claim holder = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&holder, "127.0.0.1", 1683);
    case_listen(&holder, 1);
    plan.taken = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(1683)};
    pid_t children[MAX_PROCESSES];
    for (long i = 0; i < processes; ++i) {
        children[i] = case_fork(run, &plan);
    }
    for (long i = 0; i < processes; ++i) {
        case_join(children[i], 0);
    }
    case_close(&holder);
    return 0;
}
