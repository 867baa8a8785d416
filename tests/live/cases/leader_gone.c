// SPDX-License-Identifier: Apache-2.0
/* The process's first thread has ended, another one goes on: its calls are the process's still, with the
 * leader's name. */
#include "case.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Until the leader is a zombie. */
static void wait_for_end(void) {
    for (;;) {
        char state = '?';
        FILE* file = fopen("/proc/self/stat", "re");
        case_require(file != NULL && fscanf(file, "%*d (%*[^)]) %c", &state) == 1, "/proc/self/stat");
        fclose(file);
        if (state == 'Z') {
            return;
        }
        usleep(100);
    }
}

static void* serve(void* unused) {
    (void)unused;
    prctl(PR_SET_NAME, "survivor");
    wait_for_end();
    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim udp = case_open(AF_INET6, SOCK_DGRAM, 0);
    case_bind(&tcp, "127.0.0.1", 1683);
    case_listen(&tcp, 4);
    case_bind(&udp, "::1", 1683);
    case_close(&tcp);
    case_expect_release(&udp);
    _exit(0);
}

int main(void) {
    case_begin();
    case_own_netns();
    pthread_t thread;
    case_require(pthread_create(&thread, NULL, serve, NULL) == 0, "pthread_create");
    pthread_exit(NULL);
}
