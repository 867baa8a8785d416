/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_lone COUNT GAP_US SOURCE -- TRACER ARG…: how long after bind(2) returned its line is readable.
 * SOURCE: 1 or 2 (the tracer's stdout or stderr, a pipe), or a path that is read in the tracer's place
 * (trace_pipe). Binds a UDP socket, waits GAP_US, closes it, waits GAP_US, COUNT times, and prints one
 * latency in ns per line, or "missed" where no line came before the close.
 */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { max_arrivals = 1 << 20, port_base = 22000, warm_up_ns = 5000000 };

static uint64_t arrivals[max_arrivals];
static int arrived; /* how many are filled */
static int source;

static void* collect(void* unused) {
    (void)unused;
    static char chunk[1 << 16];
    for (;;) {
        const ssize_t got = read(source, chunk, sizeof(chunk));
        const uint64_t now = bench_now();
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return NULL;
        }
        const int count = __atomic_load_n(&arrived, __ATOMIC_RELAXED);
        if (memchr(chunk, '\n', (size_t)got) != NULL && count < max_arrivals) {
            arrivals[count] = now;
            __atomic_store_n(&arrived, count + 1, __ATOMIC_RELEASE);
        }
    }
}

/* The first arrival in [from, until), or 0. */
static uint64_t arrival_between(uint64_t from, uint64_t until, int* cursor) {
    const int count = __atomic_load_n(&arrived, __ATOMIC_ACQUIRE);
    while (*cursor < count && arrivals[*cursor] < from) {
        ++*cursor;
    }
    return *cursor < count && arrivals[*cursor] < until ? arrivals[*cursor] : 0;
}

/* Some tracers need seconds until they see anything, and speak before they do: three answers in a row are
 * ready. */
static void wait_ready(uint64_t gap) {
    int cursor = 0;
    const uint64_t give_up = bench_now() + 15000000000U;
    for (int answered = 0; answered < 3;) {
        if (bench_now() > give_up) {
            fprintf(stderr, "bench: the tracer shows no event\n");
            exit(1);
        }
        const struct sockaddr_in address = bench_loopback(port_base - 1);
        const uint64_t before = bench_now();
        const int fd = bench_bound(SOCK_DGRAM, &address);
        bench_sleep_until(before + warm_up_ns);
        answered = arrival_between(before, bench_now(), &cursor) != 0 ? answered + 1 : 0;
        close(fd);
        bench_sleep_until(bench_now() + gap);
    }
}

static void measure(long count, uint64_t gap) {
    int cursor = 0;
    for (long i = 0; i < count; ++i) {
        const struct sockaddr_in address = bench_loopback((uint16_t)(port_base + i % 1000));
        const uint64_t before = bench_now();
        const int fd = bench_bound(SOCK_DGRAM, &address);
        const uint64_t bound = bench_now();
        bench_sleep_until(bound + gap);
        const uint64_t line = arrival_between(before, bench_now(), &cursor);
        if (line != 0) {
            printf("%lld\n", (long long)(line - bound));
        } else {
            printf("missed\n");
        }
        close(fd);
        bench_sleep_until(bench_now() + gap);
    }
}

int main(int argc, char** argv) {
    if (argc < 6 || strcmp(argv[4], "--") != 0) {
        fprintf(stderr, "usage: bench_lone COUNT GAP_US SOURCE -- TRACER ARG…\n");
        return 2;
    }
    const long count = bench_number(argv[1]);
    const uint64_t gap = (uint64_t)bench_number(argv[2]) * 1000U;
    const int from_path = argv[3][0] == '/';
    struct bench_child child = bench_spawn(argv + 5, !from_path && argv[3][0] == '2' ? 2 : 1);
    source = from_path ? open(argv[3], O_RDONLY | O_CLOEXEC) : child.output;
    if (source < 0) {
        bench_die(argv[3]);
    }
    pthread_t reader = 0;
    if (pthread_create(&reader, NULL, collect, NULL) != 0) {
        bench_die("pthread_create");
    }
    bench_own_network();
    wait_ready(gap);
    measure(count, gap);
    bench_stop(&child);
    return 0; /* without a join: trace_pipe never ends */
}
