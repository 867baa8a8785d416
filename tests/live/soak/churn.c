// SPDX-License-Identifier: Apache-2.0
/*
 * churn SECONDS PROCESSES: each process binds, listens and closes as fast as it can, in one network namespace
 * after the other. Some sockets it keeps for a while, so that they outlive the namespace's last process.
 *
 * When the time is over each process writes one JSON line of what it did and of the sockets that it still
 * holds,
 *
 *   {"pid":N,"binds":N,"listens":N,"releases":N,"namespaces":N,"held":[COOKIE,…]}
 *
 * and waits until stdin ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PROCESSES = 64, HELD = 16, SOCKETS_EACH_NAMESPACE = 2000, SOCKETS_EACH_HELD = 499 };

struct counts {
    uint64_t binds, listens, releases, namespaces;
};

static void require(bool holds, const char* what) {
    if (!holds) {
        fprintf(stderr, "churn: %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void enter_new_namespace(void) {
    require(unshare(CLONE_NEWNET) == 0, "unshare");
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    require(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0, "loopback comes up");
    close(fd);
}

/* One socket, by turns of each kind; every other one asks for a port by number. */
static int claim(uint64_t turn, struct counts* counts) {
    const bool ipv6 = (turn & 1) != 0;
    const bool stream = (turn & 2) != 0;
    const in_port_t port = htons((turn & 4) != 0 ? 1683 : 0);
    const int one = 1;
    const int fd = socket(ipv6 ? AF_INET6 : AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct sockaddr_in6 address6 = {
        .sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    require(fd >= 0, "socket");
    /* Of the sockets that are kept some have the port by number. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
    require((ipv6 ? bind(fd, (const struct sockaddr*)&address6, sizeof(address6))
                  : bind(fd, (const struct sockaddr*)&address, sizeof(address))) == 0,
            "bind");
    ++counts->binds;
    if (stream) {
        require(listen(fd, 1) == 0, "listen");
        ++counts->listens;
    }
    return fd;
}

static void release(int fd, struct counts* counts) {
    close(fd);
    ++counts->releases;
}

static void report(const struct counts* counts, const int* held) {
    char line[2048];
    int length =
        snprintf(line, sizeof(line),
                 "{\"pid\":%d,\"binds\":%" PRIu64 ",\"listens\":%" PRIu64 ",\"releases\":%" PRIu64
                 ",\"namespaces\":%" PRIu64 ",\"held\":[",
                 (int)getpid(), counts->binds, counts->listens, counts->releases, counts->namespaces);
    const char* comma = "";
    for (int i = 0; i < HELD; ++i) {
        uint64_t cookie = 0;
        socklen_t size = sizeof(cookie);
        if (held[i] >= 0) {
            require(getsockopt(held[i], SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0, "SO_COOKIE");
            length += snprintf(line + length, sizeof(line) - (size_t)length, "%s%" PRIu64, comma, cookie);
            comma = ",";
        }
    }
    length += snprintf(line + length, sizeof(line) - (size_t)length, "]}\n");
    require(write(STDOUT_FILENO, line, (size_t)length) == length, "write");
}

static void churn(double until) {
    struct counts counts = {0};
    int held[HELD];
    memset(held, -1, sizeof(held));
    for (uint64_t turn = 0; now() < until; ++turn) {
        if (turn % SOCKETS_EACH_NAMESPACE == 0) {
            enter_new_namespace();
            ++counts.namespaces;
        }
        const int fd = claim(turn, &counts);
        if (turn % SOCKETS_EACH_HELD == 0) {
            int* const place = &held[turn / SOCKETS_EACH_HELD % HELD];
            if (*place >= 0) {
                release(*place, &counts);
            }
            *place = fd;
        } else {
            release(fd, &counts);
        }
    }
    report(&counts, held);
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
}

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;
    const long processes = argc > 2 ? strtol(argv[2], NULL, 10) : 4;
    require(seconds > 0 && processes > 0 && processes <= MAX_PROCESSES, "SECONDS PROCESSES");
    const double until = now() + seconds;
    for (long i = 0; i < processes; ++i) {
        const pid_t child = fork();
        require(child >= 0, "fork");
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            churn(until);
            _exit(0);
        }
    }
    int failed = 0;
    for (int status = 0; wait(&status) > 0;) {
        failed |= status;
    }
    return failed != 0;
}
