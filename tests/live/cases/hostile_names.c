// SPDX-License-Identifier: Apache-2.0
/* Names and arguments meant to hurt a terminal or a parser: escapes, line breaks, quotes, bytes that are not
 * UTF-8. */
#include "case.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char** environ;

static const char* const hostile[] = {
    "\x1b[2J\x1b]0;owned\x07",
    "line\nbreak\r\n",
    "quote\"back\\slash",
    "\xff\xfe not utf-8 \xc3",
    "\xe2\x80\xae right to left",
    "",
    "\x9b"
    "31m C1",
    "{\"seq\":1}",
};

int main(int argc, char** argv) {
    enum { COUNT = sizeof(hostile) / sizeof(hostile[0]) };
    if (argc == 1) {
        char* arguments[COUNT + 2] = {argv[0]};
        for (unsigned i = 0; i < COUNT; ++i) {
            arguments[i + 1] = strdup(hostile[i]);
        }
        execve(argv[0], arguments, environ);
        case_require(false, "execve");
    }
    case_begin();
    const char* const comms[] = {"\x1b[31mred\n", "\"\\\x7f\xff", "a\tb\rc", ")  R 1 ("};
    for (unsigned i = 0; i < sizeof(comms) / sizeof(comms[0]); ++i) {
        prctl(PR_SET_NAME, comms[i]);
        struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
        case_bind(&claim, "127.0.0.1", 0);
        case_listen(&claim, 4);
        case_close(&claim);
    }
    return 0;
}
