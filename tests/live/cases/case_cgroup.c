// SPDX-License-Identifier: Apache-2.0
#include "case_cgroup.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_LEVELS = 64 };

/* Directories, the one that the process started in first; each but the first has a name in the one before. */
static int levels[MOST_LEVELS];
static char* names[MOST_LEVELS];
static unsigned count;
static char path[MOST_LEVELS * 256];
static pid_t owner;

static void find_home(char* mounted, size_t room) {
    char line[4096];
    FILE* file = fopen("/proc/self/mounts", "re");
    case_require(file != NULL, "/proc/self/mounts");
    while (fgets(line, sizeof(line), file) != NULL) {
        char kind[64] = "";
        char where[1024] = "";
        if (sscanf(line, "%*s %1023s %63s", where, kind) == 2 && strcmp(kind, "cgroup2") == 0) {
            snprintf(mounted, room, "%s", where);
        }
    }
    fclose(file);
    file = fopen("/proc/self/cgroup", "re");
    case_require(file != NULL, "/proc/self/cgroup");
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "0::/", 4) == 0) {
            snprintf(path, sizeof(path), "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
        }
    }
    fclose(file);
}

static void enter(int folder) {
    const int procs = openat(folder, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    case_require(procs >= 0 && write(procs, "0", 1) == 1, "the process enters the cgroup");
    close(procs);
}

static void leave(void) {
    if (getpid() == owner) {
        enter(levels[0]);
        while (--count > 0) {
            unlinkat(levels[count - 1], names[count], AT_REMOVEDIR);
        }
    }
}

void case_deeper_cgroup(const char* name) {
    case_require(count < MOST_LEVELS, "few enough levels");
    if (mkdirat(levels[count - 1], name, 0755) != 0) {
        case_skip("no cgroup of its own can be made");
    }
    levels[count] = openat(levels[count - 1], name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    case_require(levels[count] >= 0, name);
    names[count] = strdup(name);
    if (strcmp(path, "/") != 0) {
        strcat(path, "/");
    }
    strcat(path, name);
    ++count;
}

int case_own_cgroup(void) {
    char home[8192] = "";
    char name[64];
    find_home(home, sizeof(home));
    if (home[0] == '\0' || path[0] == '\0') {
        case_skip("no cgroup2 is mounted");
    }
    case_require(strlen(home) + strlen(path) < sizeof(home), "the cgroup's path is short enough");
    strcat(home, path);
    levels[0] = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    case_require(levels[0] >= 0, home);
    count = 1;
    owner = getpid();
    atexit(leave);
    snprintf(name, sizeof(name), "bindwatch-case-%d", (int)getpid());
    case_deeper_cgroup(name);
    enter(levels[1]);
    return levels[1];
}

void case_enter_cgroup(void) {
    struct stat folder;
    enter(levels[count - 1]);
    case_require(fstat(levels[count - 1], &folder) == 0, path);
    case_tell_cgroup(path, folder.st_ino);
}
