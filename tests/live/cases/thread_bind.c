// SPDX-License-Identifier: Apache-2.0
/* A thread binds: tid is the thread's, pid and comm are the leader's, whatever the thread calls itself. */
#include "case.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

static void* serve(void* unused) {
    (void)unused;
    prctl(PR_SET_NAME, "worker-thread");
    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&tcp, "127.0.0.1", 0);
    case_require(gettid() != getpid(), "this is not the leader");
    case_listen(&tcp, 4);
    case_close(&tcp);
    return NULL;
}

int main(void) {
    case_begin();
    pthread_t thread;
    case_require(pthread_create(&thread, NULL, serve, NULL) == 0, "pthread_create");
    case_require(pthread_join(thread, NULL) == 0, "pthread_join");
    return 0;
}
