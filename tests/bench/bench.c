/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

uint64_t bench_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void bench_spin_until(uint64_t when) {
    while (bench_now() < when) {
    }
}

void bench_sleep_until(uint64_t when) {
    const struct timespec until = {(time_t)(when / 1000000000U), (long)(when % 1000000000U)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

void bench_pin(int cpu) {
    if (cpu < 0) {
        return;
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0) {
        bench_die("sched_setaffinity");
    }
}

void bench_die(const char* what) {
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

long bench_number(const char* text) {
    char* end = NULL;
    errno = 0;
    const long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') {
        fprintf(stderr, "bench: not a number: %s\n", text);
        exit(2);
    }
    return value;
}

void bench_own_network(void) {
    if (unshare(CLONE_NEWNET) != 0) {
        bench_die("unshare");
    }
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0) {
        bench_die("lo up");
    }
    close(fd);
}

struct sockaddr_in bench_loopback(uint16_t port) {
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int bench_bound(int type, const struct sockaddr_in* address) {
    const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        bench_die("socket");
    }
    const uint64_t give_up = bench_now() + 1000000000U;
    while (bind(fd, (const struct sockaddr*)address, sizeof(*address)) != 0) {
        if (errno != EADDRINUSE || bench_now() > give_up) {
            bench_die("bind");
        }
        sched_yield();
    }
    return fd;
}

static void become(char** argv, int from, int pipe_end, pid_t parent, uint64_t* exec_at) {
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, from == 1 ? 2 : 1) < 0 || dup2(pipe_end, from) < 0) {
        _exit(127);
    }
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) {
        _exit(127);
    }
    char pid[16];
    snprintf(pid, sizeof(pid), "%d", (int)parent);
    for (char** argument = argv + 1; *argument != NULL; ++argument) {
        if (strcmp(*argument, "{pid}") == 0) {
            *argument = pid;
        }
    }
    *exec_at = bench_now();
    execvp(argv[0], argv);
    _exit(127);
}

struct bench_child bench_spawn(char** argv, int from) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        bench_die("pipe2");
    }
    fcntl(ends[0], F_SETPIPE_SZ, 1 << 20); /* a slow reader here must not hold the tracer back */
    uint64_t* exec_at =
        mmap(NULL, sizeof(*exec_at), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (exec_at == MAP_FAILED) {
        bench_die("mmap");
    }
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) {
        bench_die("fork");
    }
    if (pid == 0) {
        become(argv, from, ends[1], parent, exec_at);
    }
    close(ends[1]);
    /* A child that never gets so far stays a zombie, so that its pid is nobody else's until bench_stop. */
    siginfo_t ended = {0};
    while (__atomic_load_n(exec_at, __ATOMIC_ACQUIRE) == 0 && ended.si_pid == 0 &&
           waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0) {
        sched_yield();
    }
    struct bench_child child = {pid, ends[0], *exec_at};
    munmap(exec_at, sizeof(*exec_at));
    return child;
}

void bench_stop(struct bench_child* child) {
    kill(child->pid, SIGINT);
    const uint64_t deadline = bench_now() + 3000000000U;
    while (waitpid(child->pid, NULL, WNOHANG) == 0) {
        if (bench_now() > deadline) {
            kill(child->pid, SIGKILL);
        }
        bench_sleep_until(bench_now() + 1000000U);
    }
}
