// SPDX-License-Identifier: Apache-2.0
/*
 * Who makes a call. Asked of a /proc that belongs to the first pid namespace, which answers in its numbers
 * whatever namespace the asking thread is in; user ids are those of the namespace in which the status file
 * was opened.
 */
#include "case.h"
#include "case_json.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARGS_ROOM = 8192, MOST_EMPTY_ARGS = 8 };

static int home_status = -1;
static pid_t first_process;
static _Thread_local const char* acting;
static _Thread_local pid_t acting_thread = -1;

static size_t read_from(int fd, char* bytes, size_t room) {
    size_t length = 0;
    ssize_t got = 0;
    while (length < room && (got = pread(fd, bytes + length, room - length, (off_t)length)) > 0) {
        length += (size_t)got;
    }
    return length;
}

static size_t read_file(const char* path, char* bytes, size_t room) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    case_require(fd >= 0, path);
    const size_t length = read_from(fd, bytes, room);
    close(fd);
    return length;
}

/* The n-th number of a line of a status file; the last one there is if n is negative. */
static unsigned long field(const char* status, const char* name, int n) {
    const char* at = strstr(status, name);
    case_require(at != NULL, name);
    at += strlen(name);
    const char* end = strchr(at, '\n');
    unsigned long value = 0;
    for (int i = 0; i != n + 1 && at < end; ++i) {
        char* after = NULL;
        value = strtoul(at, &after, 10);
        at = after;
    }
    return value;
}

void case_begin(void) {
    char status[4096] = "";
    if (first_process == 0) {
        first_process = getpid();
    }
    home_status = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    case_require(home_status >= 0, "/proc/self/status");
    read_from(home_status, status, sizeof(status) - 1);
    struct case_line line = {0};
    case_put(&line, "{\"pid\":%lu}", field(status, "\nTgid:", 0));
    case_flush(&line);
}

pid_t case_first_process(void) {
    return first_process;
}

static void put_args(struct case_line* line) {
    char args[ARGS_ROOM + 1];
    size_t length = read_file("/proc/thread-self/cmdline", args, sizeof(args));
    const bool more = length > ARGS_ROOM;
    args[ARGS_ROOM] = '\0';
    /* A title over the arguments and the zeros behind it are one word: nobody asked for so many empty ones.
     */
    const size_t title = strlen(args);
    size_t used = length;
    while (used > title && args[used - 1] == '\0') {
        --used;
    }
    if (used == title && length > title + MOST_EMPTY_ARGS) {
        length = title + 1;
    }
    case_put(line, ",\"args_truncated\":%s,\"args\":[", more ? "true" : "false");
    for (size_t at = 0; at < length; at += strlen(args + at) + 1) {
        case_put(line, at == 0 ? "" : ",");
        case_put_bytes(line, args + at, strlen(args + at));
    }
    case_put(line, "]");
}

/* The path as the program's mount namespace has it; " (deleted)" is the kernel's remark, not part of a name.
 */
static void put_exe(struct case_line* line) {
    static const char remark[] = " (deleted)";
    char exe[4096];
    struct stat file;
    ssize_t length = readlink("/proc/thread-self/exe", exe, sizeof(exe));
    case_require(length > 0 && stat("/proc/thread-self/exe", &file) == 0, "/proc/thread-self/exe");
    const size_t rest = (size_t)length - (sizeof(remark) - 1);
    if (file.st_nlink == 0 && (size_t)length > sizeof(remark) &&
        memcmp(exe + rest, remark, sizeof(remark) - 1) == 0) {
        length = (ssize_t)rest;
    }
    case_put(line, ",\"exe\":");
    case_put_bytes(line, exe, (size_t)length);
}

const char* case_process(void) {
    if (acting != NULL) {
        return acting;
    }
    char status[4096] = "";
    char home[4096] = "";
    char comm[64];
    struct stat pidns;
    struct case_line line = {0};
    case_require(home_status >= 0, "the case has begun");
    read_file("/proc/thread-self/status", status, sizeof(status) - 1);
    read_from(home_status, home, sizeof(home) - 1);
    case_require(stat("/proc/self/ns/pid", &pidns) == 0, "/proc/self/ns/pid");
    case_put(&line, "{\"pid\":%lu,\"ns_pid\":%lu,\"ppid\":%lu,\"pidns\":%llu", field(status, "\nTgid:", 0),
             field(status, "\nNStgid:", -2), field(status, "\nPPid:", 0), (unsigned long long)pidns.st_ino);
    if (acting_thread != 0) {
        case_put(&line, ",\"tid\":%lu",
                 acting_thread > 0 ? (unsigned long)acting_thread : field(status, "\nPid:", 0));
    }
    case_put(&line, ",\"uid\":%lu,\"gid\":%lu", field(home, "\nUid:", 1), field(home, "\nGid:", 1));
    /* Of the thread group's leader, whichever thread asks. */
    const size_t length = read_file("/proc/self/comm", comm, sizeof(comm));
    case_require(length > 0, "the process has a name");
    case_put(&line, ",\"comm\":");
    case_put_bytes(&line, comm, length - 1);
    put_exe(&line);
    put_args(&line);
    case_put(&line, "}");
    return case_keep(&line);
}

void case_acts(const char* process) {
    acting = process;
}

void case_acts_as_thread(pid_t tid) {
    acting_thread = tid;
}
