// SPDX-License-Identifier: Apache-2.0
/* An empty argv: the kernel makes it one empty word (5.18), before it was none. And arguments that are all
 * empty. */
#include "case.h"

#include <stdlib.h>
#include <unistd.h>

static void serve(void) {
    case_begin();
    struct case_claim claim = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&claim, "127.0.0.1", 0);
    case_close(&claim);
}

int main(int argc, char** argv) {
    char* const empty[] = {NULL};
    char* const empty_words[] = {"", "", "", NULL};
    char* const cookies = getenv("CASE_COOKIES") != NULL ? "CASE_COOKIES=1" : NULL;
    char* const first[] = {"STAGE=1", cookies, NULL};
    char* const second[] = {"STAGE=2", cookies, NULL};
    const char* stage = getenv("STAGE");
    (void)argv;
    if (stage == NULL) {
        execve("/proc/self/exe", empty, first);
    } else if (*stage == '1') {
        case_require(argc <= 1, "no words");
        serve();
        execve("/proc/self/exe", empty_words, second);
    } else {
        case_require(argc == 3, "three empty words");
        serve();
        return 0;
    }
    case_require(false, "execve");
}
