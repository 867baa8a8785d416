// SPDX-License-Identifier: Apache-2.0
/* The program's file is deleted while it runs: the path is still the one that it was started by. */
#include "case.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static void copy_self(const char* path) {
    struct stat file;
    const int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    const int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    case_require(from >= 0 && to >= 0 && fstat(from, &file) == 0, path);
    for (off_t left = file.st_size; left > 0;) {
        const ssize_t sent = sendfile(to, from, NULL, (size_t)left);
        case_require(sent > 0, "sendfile");
        left -= sent;
    }
    close(from);
    close(to);
}

int main(int argc, char** argv) {
    if (argc == 1) {
        char path[] = "/tmp/bindwatch-case-XXXXXX";
        char program[64];
        case_require(mkdtemp(path) != NULL, "mkdtemp");
        snprintf(program, sizeof(program), "%s/short-lived program", path);
        copy_self(program);
        execl(program, program, path, NULL);
        case_require(false, "execl");
    }
    case_begin();
    case_require(unlink(argv[0]) == 0 && rmdir(argv[1]) == 0, "the program deletes itself");
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 0);
    case_listen(&claim, 4);
    case_close(&claim);
    return 0;
}
