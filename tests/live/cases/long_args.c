// SPDX-License-Identifier: Apache-2.0
/* 128 KiB of arguments, in one and in many: a record has room for a page of them and says that there are
 * more. */
#include "case.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ONE = 128 * 1024 - 64, MANY = 2048, EACH = 64 };

static void serve(void) {
    case_begin();
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 0);
    case_listen(&claim, 4);
    case_close(&claim);
}

static char* word(size_t length, unsigned seed) {
    char* made = malloc(length + 1);
    case_require(made != NULL, "memory");
    for (size_t i = 0; i < length; ++i) {
        made[i] = (char)('a' + (i + seed) % 26);
    }
    made[length] = '\0';
    return made;
}

int main(int argc, char** argv) {
    if (argc == 1) {
        char* const arguments[] = {argv[0], word(ONE, 0), NULL};
        execv("/proc/self/exe", arguments);
        case_require(false, "execv");
    }
    serve();
    if (argc == 2) {
        static char* arguments[MANY + 1];
        for (unsigned i = 0; i < MANY; ++i) {
            arguments[i] = word(EACH - 1, i);
        }
        execv("/proc/self/exe", arguments);
        case_require(false, "execv");
    }
    return 0;
}
