/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_first PERIOD_US SOURCE NEEDLE -- TRACER ARG…: from exec to the first event that a tracer captures.
 * Binds UDP sockets, one each PERIOD_US, from before the tracer's exec until its output (SOURCE: 1 stdout, 2
 * stderr) holds NEEDLE and 20 ms more, at most 20 s. Prints, for whoever looks up the earliest bind in what
 * the tracer said: exec NS bind NS PORT POINTER      one per bind: when it began, its port and where its
 * address lies in memory output …                         the tracer's output, raw
 */
#include "bench.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ports = 40000, port_base = 20000, max_binds = 1 << 20, max_output = 64 << 20 };

static struct sockaddr_in addresses[ports];
static uint64_t began[max_binds];
static char* output;
static size_t output_bytes;
static int seen;

struct job {
    char** argv;
    int source;
    const char* needle;
    struct bench_child child;
    uint64_t seen_at;
};

static int spawned;
static long bound; /* how many binds are done */

/* Runs beside the binds, so that they are under way before the exec. */
static void* run_tracer(void* context) {
    struct job* job = context;
    while (__atomic_load_n(&bound, __ATOMIC_ACQUIRE) < 100) {
        sched_yield();
    }
    job->child = bench_spawn(job->argv, job->source);
    __atomic_store_n(&spawned, 1, __ATOMIC_RELEASE);
    size_t searched = 0;
    for (;;) {
        const ssize_t got = read(job->child.output, output + output_bytes, max_output - output_bytes - 1);
        const uint64_t now = bench_now();
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return NULL;
        }
        output_bytes += (size_t)got;
        output[output_bytes] = '\0';
        if (job->seen_at != 0) {
            continue;
        }
        if (strstr(output + searched, job->needle) != NULL) {
            job->seen_at = now;
            __atomic_store_n(&seen, 1, __ATOMIC_RELEASE);
        }
        const size_t overlap = strlen(job->needle);
        searched = output_bytes > overlap ? output_bytes - overlap : 0;
    }
}

static long bind_until_seen(uint64_t period) {
    const uint64_t give_up = bench_now() + 20000000000U;
    uint64_t stop_at = give_up;
    uint64_t next = bench_now();
    long count = 0;
    while (count < max_binds && bench_now() < stop_at) {
        began[count] = bench_now();
        close(bench_bound(SOCK_DGRAM, &addresses[count % ports]));
        __atomic_store_n(&bound, ++count, __ATOMIC_RELEASE);
        if (stop_at == give_up && __atomic_load_n(&seen, __ATOMIC_ACQUIRE) != 0) {
            stop_at = bench_now() + 20000000U;
        }
        next += period;
        bench_spin_until(next);
    }
    return count;
}

int main(int argc, char** argv) {
    if (argc < 6 || strcmp(argv[4], "--") != 0) {
        fprintf(stderr, "usage: bench_first PERIOD_US SOURCE NEEDLE -- TRACER ARG…\n");
        return 2;
    }
    const uint64_t period = (uint64_t)bench_number(argv[1]) * 1000U;
    for (int i = 0; i < ports; ++i) {
        addresses[i] = bench_loopback((uint16_t)(port_base + i));
    }
    output = calloc(1, max_output);
    if (output == NULL) {
        bench_die("calloc");
    }
    struct job job = {.argv = argv + 5, .source = argv[2][0] == '2' ? 2 : 1, .needle = argv[3]};
    pthread_t thread = 0;
    if (pthread_create(&thread, NULL, run_tracer, &job) != 0) {
        bench_die("pthread_create");
    }
    bench_pin((int)sysconf(_SC_NPROCESSORS_ONLN) - 1); /* this thread alone: the tracer keeps every CPU */
    bench_own_network();
    const long count = bind_until_seen(period);
    while (__atomic_load_n(&spawned, __ATOMIC_ACQUIRE) == 0) {
        bench_sleep_until(bench_now() + 1000000U);
    }
    bench_stop(&job.child);
    pthread_join(thread, NULL);

    printf("exec %llu\nseen %llu\n", (unsigned long long)job.child.exec_at, (unsigned long long)job.seen_at);
    for (long i = 0; i < count; ++i) {
        printf("bind %llu %ld %p\n", (unsigned long long)began[i], port_base + i % ports,
               (const void*)&addresses[i % ports]);
    }
    printf("output\n");
    fwrite(output, 1, output_bytes, stdout);
    return 0;
}
