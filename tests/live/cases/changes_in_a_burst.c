// SPDX-License-Identifier: Apache-2.0
/* Binds in quick succession, after each of which the process is another in one way: each is told of it as it
 * was then, though hardly any time lies between them. */
#include "case.h"

#include <grp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static void serve(void) {
    struct case_claim udp = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&udp, "127.0.0.1", 1683);
    case_close(&udp);
}

static void* serve_in_thread(void* unused) {
    (void)unused;
    serve();
    return NULL;
}

static void serve_in_child(void* unused) {
    (void)unused;
    case_begin();
    serve();
}

int main(int argc, char** argv) {
    (void)argv;
    case_begin();
    if (argc > 1) {
        serve();
        return 0;
    }
    case_own_netns();
    serve();
    serve();
    prctl(PR_SET_NAME, "another-name");
    serve();
    case_require(setgroups(0, NULL) == 0 && setegid(NOBODY) == 0, "setegid");
    serve();
    case_require(seteuid(NOBODY) == 0, "seteuid");
    serve();
    case_require(seteuid(0) == 0, "seteuid back");
    serve();
    pthread_t thread;
    case_require(pthread_create(&thread, NULL, serve_in_thread, NULL) == 0, "pthread_create");
    case_require(pthread_join(thread, NULL) == 0, "pthread_join");
    serve();
    for (int i = 0; i < 20; ++i) {
        case_join(case_fork(serve_in_child, NULL), 0);
        serve();
    }
    execl("/proc/self/exe", "renamed", "after execve", NULL);
    case_require(false, "execl");
}
