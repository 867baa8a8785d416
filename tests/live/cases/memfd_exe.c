// SPDX-License-Identifier: Apache-2.0
/* A program that never was on a disk: it runs from a memfd, whose name is all the path there is. */
#include "case.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

extern char** environ;

int main(int argc, char** argv) {
    if (argc == 1) {
        struct stat file;
        const int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
        const int to = memfd_create("nothing to see here", MFD_CLOEXEC);
        case_require(from >= 0 && to >= 0 && fstat(from, &file) == 0, "memfd_create");
        for (off_t left = file.st_size; left > 0;) {
            const ssize_t sent = sendfile(to, from, NULL, (size_t)left);
            case_require(sent > 0, "sendfile");
            left -= sent;
        }
        char* const arguments[] = {argv[0], "from memory", NULL};
        fexecve(to, arguments, environ);
        case_require(false, "fexecve");
    }
    case_begin();
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 0);
    case_listen(&claim, 4);
    case_close(&claim);
    return 0;
}
