// SPDX-License-Identifier: Apache-2.0
/* 8 processes fork 32 each as fast as they can; each of the children binds, and its end is the end of the
 * claim. */
#include "case.h"

#include <stddef.h>

enum { PARENTS = 8, CHILDREN = 32 };

static void claim_and_end(void* unused) {
    (void)unused;
    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&tcp, "127.0.0.1", 0);
    case_listen(&tcp, 1);
    case_expect_release(&tcp);
}

static void breed(void* unused) {
    (void)unused;
    pid_t children[CHILDREN];
    for (unsigned i = 0; i < CHILDREN; ++i) {
        children[i] = case_fork(claim_and_end, NULL);
    }
    for (unsigned i = 0; i < CHILDREN; ++i) {
        case_join(children[i], 0);
    }
}

int main(void) {
    case_begin();
    case_own_netns();
    pid_t parents[PARENTS];
    for (unsigned i = 0; i < PARENTS; ++i) {
        parents[i] = case_fork(breed, NULL);
    }
    for (unsigned i = 0; i < PARENTS; ++i) {
        case_join(parents[i], 0);
    }
    return 0;
}
