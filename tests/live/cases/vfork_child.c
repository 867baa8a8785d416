// SPDX-License-Identifier: Apache-2.0
/* A vfork child binds in its parent's memory before it becomes another program, which gets the socket and
 * listens. */
#include "case.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (argc == 3 && strcmp(argv[1], "after") == 0) {
        case_begin();
        struct case_claim claim = case_unpack(atoi(argv[2]));
        case_listen(&claim, 4);
        case_close(&claim);
        return 0;
    }
    case_begin();
    case_own_netns();
    const pid_t child = vfork(); // NOLINT(clang-analyzer-security.insecureAPI.vfork): it is the subject
    if (child == 0) {
        case_begin();
        struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
        case_bind(&claim, "127.0.0.1", 1683);
        fcntl(claim.fd, F_SETFD, 0);
        char packed[16];
        snprintf(packed, sizeof(packed), "%d", case_pack(&claim));
        execl("/proc/self/exe", "another program", "after", packed, NULL);
        _exit(1);
    }
    case_join(child, 0);
    return 0;
}
