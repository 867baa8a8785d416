/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_workload CPU KIND ITERATIONS [PROCESSES]: does KIND that often in each process and prints two times
 * in ns: wall, from the common start until the last process is done, and CPU, of all of them together. KIND:
 * getppid, udp (bind+close), tcp (bind+listen+close).
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { first_port = 21000 };

static void loop_getppid(long iterations, uint16_t port) {
    (void)port;
    for (long i = 0; i < iterations; ++i) {
        syscall(SYS_getppid);
    }
}

static void loop_udp(long iterations, uint16_t port) {
    const struct sockaddr_in address = bench_loopback(port);
    for (long i = 0; i < iterations; ++i) {
        close(bench_bound(SOCK_DGRAM, &address));
    }
}

static void loop_tcp(long iterations, uint16_t port) {
    const struct sockaddr_in address = bench_loopback(port);
    for (long i = 0; i < iterations; ++i) {
        const int fd = bench_bound(SOCK_STREAM, &address);
        if (listen(fd, 16) != 0) {
            bench_die("listen");
        }
        close(fd);
    }
}

typedef void loop_function(long iterations, uint16_t port);

static loop_function* find_loop(const char* kind) {
    if (strcmp(kind, "getppid") == 0) {
        return loop_getppid;
    }
    if (strcmp(kind, "udp") == 0) {
        return loop_udp;
    }
    if (strcmp(kind, "tcp") == 0) {
        return loop_tcp;
    }
    fprintf(stderr, "bench: unknown kind: %s\n", kind);
    exit(2);
}

static uint64_t cpu_now(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

struct barrier {
    uint64_t cpu;
    int ready;
    int go;
};

struct times {
    uint64_t wall;
    uint64_t cpu;
};

static struct times run_processes(loop_function* loop, long iterations, int processes) {
    struct barrier* barrier =
        mmap(NULL, sizeof(*barrier), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (barrier == MAP_FAILED) {
        bench_die("mmap");
    }
    for (int i = 0; i < processes; ++i) {
        const pid_t pid = fork();
        if (pid < 0) {
            bench_die("fork");
        }
        if (pid == 0) {
            __atomic_add_fetch(&barrier->ready, 1, __ATOMIC_SEQ_CST);
            while (__atomic_load_n(&barrier->go, __ATOMIC_SEQ_CST) == 0) {
                usleep(100);
            }
            const uint64_t start = cpu_now(CLOCK_PROCESS_CPUTIME_ID);
            loop(iterations, (uint16_t)(first_port + 1 + i));
            __atomic_add_fetch(&barrier->cpu, cpu_now(CLOCK_PROCESS_CPUTIME_ID) - start, __ATOMIC_SEQ_CST);
            _exit(0);
        }
    }
    while (__atomic_load_n(&barrier->ready, __ATOMIC_SEQ_CST) != processes) {
        usleep(1000);
    }
    const uint64_t start = bench_now();
    __atomic_store_n(&barrier->go, 1, __ATOMIC_SEQ_CST);
    int failed = 0;
    int status = 0;
    while (wait(&status) > 0) {
        failed |= status;
    }
    const uint64_t end = bench_now();
    if (failed != 0) {
        exit(1);
    }
    return (struct times){end - start, barrier->cpu};
}

int main(int argc, char** argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: bench_workload CPU KIND ITERATIONS [PROCESSES]\n");
        return 2;
    }
    bench_pin((int)bench_number(argv[1]));
    bench_own_network();
    loop_function* loop = find_loop(argv[2]);
    const long iterations = bench_number(argv[3]);
    struct times took;
    if (argc > 4) {
        took = run_processes(loop, iterations, (int)bench_number(argv[4]));
    } else {
        loop(iterations / 20, first_port); /* caches and slabs are warm, then the clocks start */
        const uint64_t wall = bench_now();
        const uint64_t cpu = cpu_now(CLOCK_PROCESS_CPUTIME_ID);
        loop(iterations, first_port);
        took.cpu = cpu_now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        took.wall = bench_now() - wall;
    }
    printf("%llu %llu\n", (unsigned long long)took.wall, (unsigned long long)took.cpu);
    return 0;
}
