// SPDX-License-Identifier: Apache-2.0
/* The processes and namespaces of a case. */
#include "case.h"

#include "case_json.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SKIPPED = 77 };

void case_require(bool holds, const char* what) {
    if (!holds) {
        fprintf(stderr, "case: not true: %s (errno: %s)\n", what, strerror(errno));
        exit(1);
    }
}

_Noreturn void case_skip(const char* why) {
    struct case_line line = {0};
    case_put(&line, "{\"skip\":");
    case_put_bytes(&line, why, strlen(why));
    case_put(&line, "}");
    case_flush(&line);
    exit(SKIPPED);
}

void case_own_netns(void) {
    if (unshare(CLONE_NEWNET) != 0) {
        case_skip("no network namespace of its own: unshare(CLONE_NEWNET) fails");
    }
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    case_require(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0, "loopback comes up");
    close(fd);
    if (getpid() ==
        case_first_process()) { /* a child's may end, and its number be another's, before the case does */
        struct stat netns;
        struct case_line line = {0};
        case_require(stat("/proc/thread-self/ns/net", &netns) == 0, "/proc/thread-self/ns/net");
        case_put(&line, "{\"netns\":%llu}", (unsigned long long)netns.st_ino);
        case_flush(&line);
    }
}

pid_t case_fork(void (*body)(void* argument), void* argument) {
    const pid_t child = fork();
    case_require(child >= 0, "fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        case_begin();
        body(argument);
        _exit(0);
    }
    return child;
}

void case_join(pid_t child, int signal) {
    int status = 0;
    const pid_t ended = waitpid(child, &status, 0);
    case_require(child == -1 ? ended > 0 : ended == child, "waitpid");
    if (signal != 0) {
        case_require(WIFSIGNALED(status) && WTERMSIG(status) == signal, "the child dies by the signal");
    } else if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
        exit(SKIPPED); /* the child has said why */
    } else {
        case_require(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child leaves with status 0");
    }
}

long case_number_in(const char* path, long otherwise) {
    FILE* file = fopen(path, "re");
    long number = otherwise;
    if (file != NULL) {
        case_require(fscanf(file, "%ld", &number) == 1, path);
        fclose(file);
    }
    return number;
}

void case_write_file(const char* path, const char* text) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const ssize_t length = (ssize_t)strlen(text);
    case_require(fd >= 0 && write(fd, text, (size_t)length) == length, path);
    close(fd);
}
