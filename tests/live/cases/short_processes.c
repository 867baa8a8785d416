// SPDX-License-Identifier: Apache-2.0
/* short_processes [N]: N programs, one after the other, each of which binds and is gone within a millisecond.
 */
#include "case.h"

#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char** environ;

static int bind_and_exit(void) {
    case_begin();
    struct case_claim claim = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&claim, "127.0.0.1", 0);
    case_expect_release(&claim);
    return 0; /* the exit closes it */
}

int main(int argc, char** argv) {
    if (argc == 4 && strcmp(argv[1], "--one") == 0) {
        return bind_and_exit();
    }
    const long count = argc == 2 ? strtol(argv[1], NULL, 10) : 100;
    case_begin();
    for (long i = 0; i < count; ++i) {
        char number[32];
        snprintf(number, sizeof(number), "%ld", i);
        char* const arguments[] = {argv[0], "--one", number, "an argument with spaces", NULL};
        pid_t child = 0;
        case_require(posix_spawn(&child, argv[0], NULL, NULL, arguments, environ) == 0, "posix_spawn");
        case_join(child, 0);
    }
    return 0;
}
