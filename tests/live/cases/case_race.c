// SPDX-License-Identifier: Apache-2.0
#include "case_race.h"

#include <pthread.h>

enum { MOST = 16 };

static pthread_barrier_t start;

static void* run(void* argument) {
    struct case_runner* runner = argument;
    runner->process = case_process();
    pthread_barrier_wait(&start);
    runner->result = runner->call(runner->argument);
    return NULL;
}

void case_race(struct case_runner* runners, unsigned count) {
    pthread_t threads[MOST];
    case_require(count <= MOST && pthread_barrier_init(&start, NULL, count) == 0, "pthread_barrier_init");
    for (unsigned i = 0; i < count; ++i) {
        case_require(pthread_create(&threads[i], NULL, run, &runners[i]) == 0, "pthread_create");
    }
    for (unsigned i = 0; i < count; ++i) {
        case_require(pthread_join(threads[i], NULL) == 0, "pthread_join");
    }
    pthread_barrier_destroy(&start);
}
