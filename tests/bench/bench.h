/* SPDX-License-Identifier: Apache-2.0 */
/* What the benchmark programs share: the clock, pinning, sockets on 127.0.0.1, and a tracer run as a child.
 */
#ifndef BINDWATCH_TESTS_BENCH_H
#define BINDWATCH_TESTS_BENCH_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

/* CLOCK_MONOTONIC, ns: the clock of the kernel's bpf_ktime_get_ns, too. */
uint64_t bench_now(void);

/* Spins, so that a wait is exact and the CPU does not go idle. */
void bench_spin_until(uint64_t when);

/* Sleeps on an absolute time, so that the CPU may go idle. */
void bench_sleep_until(uint64_t when);

/* cpu < 0: no pinning. */
void bench_pin(int cpu);

/* Prints "bench: WHAT: errno text" and exits 1. */
_Noreturn void bench_die(const char* what);

/* A positive decimal number, or exit 2. */
long bench_number(const char* text);

/*
 * The calling thread goes into a network namespace of its own, with 127.0.0.1, where all ports are free
 * whatever else runs on this machine. Needs root.
 */
void bench_own_network(void);

struct sockaddr_in bench_loopback(uint16_t port);

/*
 * A new socket bound to the address; the caller closes it. EADDRINUSE is tried again: whoever lists the files
 * of all processes (iter/task_file, lsof) holds them for a moment, and then a close frees the port that much
 * later.
 */
int bench_bound(int type, const struct sockaddr_in* address);

struct bench_child {
    pid_t pid;
    int output;       /* read end of the pipe that its output goes to */
    uint64_t exec_at; /* just before execvp */
};

/*
 * Runs argv with descriptor `from` (1 or 2) on a pipe and the other on /dev/null. An argument "{pid}" becomes
 * the pid of the caller. The child gets SIGKILL should the caller die.
 */
struct bench_child bench_spawn(char** argv, int from);

/* SIGINT to the child, then wait for its end; SIGKILL after 3 s. Its output must be read meanwhile by
 * someone. */
void bench_stop(struct bench_child* child);

#endif
