/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that start at the same moment. */
#ifndef BINDWATCH_CASE_RACE_H
#define BINDWATCH_CASE_RACE_H

#include "case.h"

struct case_runner {
    /* Returns 0 or an errno. */
    int (*call)(void* argument);
    void* argument;
    int result;
    const char* process; /* the thread, for case_acts */
};

/* Runs all calls in threads of their own, at once as far as the machine can. */
void case_race(struct case_runner* runners, unsigned count);

#endif
