// SPDX-License-Identifier: Apache-2.0
/*
 * Claims that are older than bindwatch. The sockets are bound, and one listens, before a byte comes on stdin;
 * then they listen and end. A claim of before is no implicit one when its listen comes. Without "gate" as
 * argument nothing waits and it is an ordinary case.
 */
#include "case.h"
#include "case_json.h"

#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
    const bool gate = argc == 2 && strcmp(argv[1], "gate") == 0;
    case_begin();
    case_own_netns();
    struct case_claim bound = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim listening = case_open(AF_INET6, SOCK_STREAM, 0);
    struct case_claim udp = case_open(AF_INET, SOCK_DGRAM, 0);
    case_bind(&bound, "127.0.0.1", 1683);
    case_listen(&listening, 4);
    case_bind(&udp, "0.0.0.0", 1683);
    if (gate) {
        char byte;
        struct case_line line = {0};
        case_put(&line, "{\"gate\":true}");
        case_flush(&line);
        case_require(read(STDIN_FILENO, &byte, 1) == 1, "the gate opens");
    }
    case_listen(&bound, 4);
    case_listen(&listening, 9);
    case_close(&bound);
    case_close(&listening);
    case_close(&udp);
    return 0;
}
