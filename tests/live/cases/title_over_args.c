// SPDX-License-Identifier: Apache-2.0
/* A program writes a title over its arguments, as servers do: shorter than they were, and longer, into the
 * environment. */
#include "case.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void serve(void) {
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 0);
    case_listen(&claim, 4);
    case_close(&claim);
}

int main(int argc, char** argv) {
    if (argc == 1) {
        char* const arguments[] = {argv[0], "some", "words", "to write over", NULL};
        char* const cookies = getenv("CASE_COOKIES") != NULL ? "CASE_COOKIES=1" : NULL;
        char* const environment[] = {"SPACE=................................................................",
                                     cookies, NULL};
        execve("/proc/self/exe", arguments, environment);
        case_require(false, "execve");
    }
    case_begin();
    char* begin = argv[0];
    char* end = argv[argc - 1] + strlen(argv[argc - 1]);
    memset(begin, 0, (size_t)(end - begin) + 1);
    memcpy(begin, "title: idle", sizeof("title: idle"));
    serve();
    /* setproctitle's way of saying that the title goes on: the byte where the arguments ended is no NUL. */
    memset(begin, 'x', (size_t)(end - begin) + 20);
    begin[end - begin + 20] = '\0';
    serve();
    return 0;
}
