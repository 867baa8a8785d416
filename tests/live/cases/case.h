/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a case program stands on. A case makes the calls itself, asks the kernel what came of them
 * (getsockname, SO_COOKIE, errno …) and writes the truth to stdout, one JSON object a line:
 *
 *   {"pid":N}            this process takes part: an event of it that no other line announces is one too many
 *   {"netns":N}          so does this network namespace, which is the case's own as long as it runs
 *   {"event":"bind",…}   bindwatch must tell exactly this: the keys present are compared, in order per
 * socket; neighbours with "racing":true may come in any order
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

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* clang-format off: of Linux 6.1 it needs sys/socket.h before it */
#include <linux/vm_sockets.h>
/* clang-format on */

/* linux/in.h has them all, the C library's headers do not. */
enum { CASE_UDPLITE = 136, CASE_SCTP = 132, CASE_MPTCP = 262 };

union case_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_vm vm;
    struct sockaddr_storage room;
};

/* One socket and what has become of it. Plain data but for the texts, which a forked child has its own copy
 * of. */
struct case_claim {
    int fd;
    bool bound;
    uint64_t netns;     /* of the thread that made the socket */
    const char* where;  /* if bound: transport to port, as JSON */
    const char* socket; /* if bound: its cookie and options when it was, as JSON */
    const char* holder; /* if bound: the process that did it, as JSON */
};

/* First thing in main, and in a child that case_fork did not make; before a user namespace is entered. */
void case_begin(void);
/* The process that began first, which is the parent of all others. */
pid_t case_first_process(void);
/* Ends the program with one line on stderr if `holds` is false: the case does not show what it is meant to
 * show. */
void case_require(bool holds, const char* what);
_Noreturn void case_skip(const char* why);

/* A network namespace of this process alone with loopback up, so that any port is free. */
void case_own_netns(void);
/* Forks; the child runs `body`, leaves with status 0 and does not outlive its parent. Returns its pid. */
pid_t case_fork(void (*body)(void* argument), void* argument);
/* Waits for it (-1: for any); requires status 0, or death by `signal` if that is not 0. */
void case_join(pid_t child, int signal);
/* The first number in a file such as those below /proc/sys; `otherwise` where the kernel has no such file. */
long case_number_in(const char* path, long otherwise);
void case_write_file(const char* path, const char* text);

/* The calling thread and its process as JSON, in the numbers of the first namespaces. Never freed. */
const char* case_process(void);
/* What follows is told of `process` (case_process() of some thread), not of the caller; NULL ends that. */
void case_acts(const char* process);
/* The same for a thread of the kernel that works for this process: its number, 0 if it cannot be known, -1
 * ends it. */
void case_acts_as_thread(pid_t tid);

/* socket(2). With $CASE_COOKIES set the kernel has given the socket its cookie, which no hook of plan syscall
 * can. */
int case_socket_of(int family, int type, int protocol);
struct case_claim case_open(int family, int type, int protocol);
/* The same for a socket that the case made or got in another way. */
struct case_claim case_of(int fd);
/* Whether this kernel makes such sockets. */
bool case_has(int family, int type, int protocol);
void case_option(const struct case_claim* claim, int level, int name, int value);

/* `text` is of the family, or a CID for AF_VSOCK. Of a link-local IPv6 address the interface is lo. */
union case_address case_address(int family, const char* text, uint32_t port);
socklen_t case_size(const union case_address* address);
/* What getsockname says. */
union case_address case_local(int fd);
/* The local port, host byte order; 0: none. */
uint32_t case_port(int fd);
uint64_t case_cookie(int fd);

/* bind(2) and the line that it must give. A failure must be exactly `expected_errno`. */
void case_bind(struct case_claim* claim, const char* address, uint32_t port);
void case_bind_fails(const struct case_claim* claim, const char* address, uint32_t port, int expected_errno);
/* listen(2) and the lines that it must give: none for one that only changes the backlog. */
void case_listen(struct case_claim* claim, int backlog);
void case_listen_fails(const struct case_claim* claim, int backlog, int expected_errno);

/* The lines of calls that the case makes in its own way. `wanted`: the kernel's copy of what the call asked
 * for, NULL if it failed before there was one. */
void case_expect_bind(struct case_claim* claim, uint32_t requested_port);
void case_expect_bind_failure(const struct case_claim* claim, const union case_address* wanted, int error);
void case_expect_listen(struct case_claim* claim, int backlog);
void case_expect_listen_failure(const struct case_claim* claim, int error);
/* A bind whose socket can no longer be asked: `socket` and `local` were noted before. */
void case_expect_bind_at(struct case_claim* claim, const char* socket, const union case_address* local,
                         uint32_t requested_port);
/* The socket's cookie and options as JSON. Never freed. */
const char* case_socket(const struct case_claim* claim);

/* The line of the release, which the caller is about to bring about; then the claim is gone. */
void case_expect_release(struct case_claim* claim);
/* The last close: the release's line if it holds a port, then close(2). */
void case_close(struct case_claim* claim);
/* No event of this socket may appear. */
void case_expect_quiet(const struct case_claim* claim);
/* Each of `sockets` sockets of this process gives exactly `events`, a JSON array of words, in this order. */
void case_expect_storm(unsigned sockets, const char* events);
/* Between two calls: the kernel does not decide the order of the events that the lines tell. */
void case_racing(bool on);
/* Between two calls: these never got to the kernel's own bind or listen. Nothing may be told of them, but
 * where a plan cannot know (tests/support/limits.py) it must be just this. */
void case_unreached(bool on);
/* From now on each line has this cgroup, too. */
void case_tell_cgroup(const char* path, uint64_t id);

/* The claim across execve: a descriptor that survives it, and the claim again on the other side. */
int case_pack(const struct case_claim* claim);
struct case_claim case_unpack(int packed);

#endif
