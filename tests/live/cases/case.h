/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a case program stands on. A case makes the calls itself, asks the kernel what came of them
 * (getsockname, SO_COOKIE, errno …) and writes the truth to stdout, one JSON object a line:
 *
 *   {"pid":N}            this process takes part: an event of it that no other line announces is one too many
 *   {"event":"bind",…}   bindwatch must tell exactly this: the keys present are compared, in order per socket
 *   {"quiet":COOKIE}     no event of this socket may appear
 *   {"storm":{"pid":N,"sockets":M,"events":["bind",…]}}   M sockets of that process, each with exactly these
 * events
 *   {"skip":"why"}       the kernel or the privileges do not allow this case; exit status 77
 *
 * Bytes that are not printable ASCII are written as {"hex":"…"}. Status 0: the truth is complete. Anything
 * else: the case itself went wrong and stderr says where.
 */
#ifndef BINDWATCH_CASE_H
#define BINDWATCH_CASE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Who makes a call, as the kernel sees it at this moment. */
struct case_who {
    pid_t pid;
    pid_t tid;
    pid_t ppid;
    uid_t uid;
    gid_t gid;
    uint64_t pidns;
    char comm[16];
};

/* One socket and what has become of it. Plain data: a forked child has its own copy. */
struct case_claim {
    int fd;
    bool bound;
    uint64_t netns;         /* of the thread that made the socket */
    struct case_who binder; /* if bound */
};

/* First thing in main, and in a child that case_fork did not make. */
void case_begin(void);
/* Ends the program with one line on stderr if `holds` is false: the case does not show what it is meant to
 * show. */
void case_require(bool holds, const char* what);
_Noreturn void case_skip(const char* why);

/* A network namespace of this process alone with loopback up, so that any port is free. */
void case_own_netns(void);
/* Forks; the child runs `body`, leaves with status 0 and does not outlive its parent. Returns its pid. */
pid_t case_fork(void (*body)(void* argument), void* argument);
/* Waits for it; requires status 0, or death by `signal` if that is not 0. */
void case_join(pid_t child, int signal);

struct case_claim case_open(int family, int type, int protocol);
void case_option(const struct case_claim* claim, int level, int name, int value);

/* bind(2) and the line that it must give. `address` in text. A failure must be exactly `expected_errno`. */
void case_bind(struct case_claim* claim, const char* address, uint16_t port);
void case_bind_fails(const struct case_claim* claim, const char* address, uint16_t port, int expected_errno);

/* listen(2) and the lines that it must give: none for one that only changes the backlog. */
void case_listen(struct case_claim* claim, int backlog);
void case_listen_fails(const struct case_claim* claim, int backlog, int expected_errno);

/* The line of the release, which the caller is about to bring about; then the claim is gone. */
void case_expect_release(struct case_claim* claim);
/* The last close: the release's line if it holds a port, then close(2). */
void case_close(struct case_claim* claim);
/* No event of this socket may appear. */
void case_expect_quiet(const struct case_claim* claim);
/* Each of `sockets` sockets of this process gives exactly `events`, a JSON array of words, in this order. */
void case_expect_storm(unsigned sockets, const char* events);

/* The local port, host byte order; 0: none. */
uint16_t case_port(int fd);

#endif
