/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_runs COUNT NETNS COMMAND ARG…: runs the command so often in the network namespace of that file, its output to
 * /dev/null, and prints for each run the ns from before fork until it has ended, and its exit status.
 */
#include "bench.h"

#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

int main(int argc, char** argv) {
    if (argc < 4) {
        fputs("usage: bench_runs COUNT NETNS COMMAND ARG...\n", stderr);
        return 2;
    }
    const long count = bench_number(argv[1]);
    const int netns = open(argv[2], O_RDONLY | O_CLOEXEC);
    if (netns < 0 || setns(netns, CLONE_NEWNET) != 0)
        bench_die(argv[2]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    for (long i = 0; i < count; ++i) {
        const uint64_t start = bench_now();
        pid_t pid;
        int status;
        if (posix_spawnp(&pid, argv[3], &actions, NULL, argv + 3, environ) != 0)
            bench_die(argv[3]);
        if (waitpid(pid, &status, 0) != pid)
            bench_die("waitpid");
        printf("%llu %d\n", (unsigned long long)(bench_now() - start), WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    return 0;
}
