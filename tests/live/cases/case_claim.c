// SPDX-License-Identifier: Apache-2.0
/* The sockets of a case and the lines that they must give. */
#include "case_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool racing;
static const char* cgroup = "";
static bool unreached;

void case_racing(bool on) {
    racing = on;
}

void case_unreached(bool on) {
    unreached = on;
}

void case_tell_cgroup(const char* path, uint64_t id) {
    struct case_line part = {0};
    case_put(&part, ",\"cgroup\":{\"id\":%llu,\"path\":", (unsigned long long)id);
    case_put_bytes(&part, path, strlen(path));
    case_put(&part, "}");
    cgroup = case_keep(&part);
}

static void begin_line(struct case_line* line, const char* event, bool implicit, int error) {
    case_put(line, "{\"event\":\"%s\",\"origin\":\"live\",\"outcome\":\"%s\",\"implicit\":%s", event,
             error == 0 ? "success" : "failure", implicit ? "true" : "false");
    if (error == 0) {
        case_put(line, ",\"errno\":null");
    } else {
        case_put(line, ",\"errno\":%d", error);
    }
    if (racing) {
        case_put(line, ",\"racing\":true");
    }
    if (unreached) {
        case_put(line, ",\"unreached\":true");
    }
}

/* requested: the port of a bind(2), negative for what asks for none. backlog: null or a number. */
static void end_line(struct case_line* line, const char* where, long long requested, const char* socket,
                     const char* backlog, const char* process) {
    if (requested < 0) {
        case_put(line, "%s,\"requested_port\":null", where);
    } else {
        case_put(line, "%s,\"requested_port\":%lld", where, requested);
    }
    case_put(line, ",\"socket\":{%s%s},\"process\":%s%s}", socket, backlog, process, cgroup);
    case_flush(line);
}

static const char* where_of(int fd, const union case_address* address) {
    struct case_line part = {0};
    case_put_where(&part, fd, address);
    return case_keep(&part);
}

const char* case_socket(const struct case_claim* claim) {
    struct case_line part = {0};
    case_put_socket(&part, claim);
    return case_keep(&part);
}

struct case_claim case_of(int fd) {
    struct stat netns;
    case_require(fd >= 0, "socket");
    case_require(stat("/proc/thread-self/ns/net", &netns) == 0, "/proc/thread-self/ns/net");
    const struct case_claim claim = {.fd = fd, .netns = netns.st_ino};
    return claim;
}

static bool asks_cookies;

/* Before a case writes over its environment. */
__attribute__((constructor)) static void read_environment(void) {
    asks_cookies = getenv("CASE_COOKIES") != NULL;
}

int case_socket_of(int family, int type, int protocol) {
    const int fd = socket(family, type, protocol);
    /* Where no hook can make the kernel give the socket a cookie, and it is not the case's subject that it
     * has none (vsock_fresh), the program asks for it, so that the events can be told apart. */
    if (fd >= 0 && (family == AF_VSOCK || asks_cookies)) {
        case_cookie(fd);
    }
    return fd;
}

struct case_claim case_open(int family, int type, int protocol) {
    return case_of(case_socket_of(family, type | SOCK_CLOEXEC, protocol));
}

bool case_has(int family, int type, int protocol) {
    const int fd = socket(family, type | SOCK_CLOEXEC, protocol);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

void case_option(const struct case_claim* claim, int level, int name, int value) {
    case_require(setsockopt(claim->fd, level, name, &value, sizeof(value)) == 0, "setsockopt");
}

static void claim_it(struct case_claim* claim, const char* where, const char* socket, long long requested) {
    struct case_line line = {0};
    claim->bound = true;
    claim->where = where;
    claim->socket = socket;
    claim->holder = case_process();
    begin_line(&line, "bind", requested < 0, 0);
    end_line(&line, where, requested, socket, ",\"backlog\":null", claim->holder);
}

void case_expect_bind_at(struct case_claim* claim, const char* socket, const union case_address* local,
                         uint32_t requested_port) {
    claim_it(claim, where_of(claim->fd, local), socket, requested_port);
}

void case_expect_bind(struct case_claim* claim, uint32_t requested_port) {
    const union case_address local = case_local(claim->fd);
    case_require(case_port(claim->fd) != 0, "the bound socket has a port");
    case_expect_bind_at(claim, case_socket(claim), &local, requested_port);
}

void case_expect_bind_failure(const struct case_claim* claim, const union case_address* wanted, int error) {
    struct case_line line = {0};
    long long port = -1;
    if (wanted != NULL) {
        port = wanted->any.sa_family == AF_VSOCK ? wanted->vm.svm_port : ntohs(wanted->v4.sin_port);
    }
    begin_line(&line, "bind", false, error);
    end_line(&line, where_of(claim->fd, wanted), port, case_socket(claim), ",\"backlog\":null",
             case_process());
}

static union case_address wanted_of(const struct case_claim* claim, const char* address, uint32_t port) {
    return case_address(case_option_of(claim->fd, SOL_SOCKET, SO_DOMAIN), address, port);
}

void case_bind(struct case_claim* claim, const char* address, uint32_t port) {
    const union case_address wanted = wanted_of(claim, address, port);
    case_require(bind(claim->fd, &wanted.any, case_size(&wanted)) == 0, "bind");
    case_expect_bind(claim, port);
}

void case_bind_fails(const struct case_claim* claim, const char* address, uint32_t port, int expected_errno) {
    const union case_address wanted = wanted_of(claim, address, port);
    errno = bind(claim->fd, &wanted.any, case_size(&wanted)) == 0 ? 0 : errno;
    case_require(errno == expected_errno, "bind fails as it should");
    case_expect_bind_failure(claim, &wanted, expected_errno);
}

void case_expect_listen(struct case_claim* claim, int backlog) {
    struct case_line line = {0};
    char listening[64];
    const union case_address local = case_local(claim->fd);
    const char* where = where_of(claim->fd, &local);
    const char* socket = case_socket(claim);
    if (!claim->bound) {
        claim_it(claim, where, socket, -1);
    }
    snprintf(listening, sizeof(listening), ",\"backlog\":%u", case_backlog(claim->fd, backlog));
    begin_line(&line, "listen", false, 0);
    end_line(&line, where, -1, socket, listening, case_process());
}

void case_listen(struct case_claim* claim, int backlog) {
    const bool listened = case_option_of(claim->fd, SOL_SOCKET, SO_ACCEPTCONN);
    case_require(listen(claim->fd, backlog) == 0, "listen");
    if (!listened) {
        case_expect_listen(claim, backlog);
    }
}

void case_expect_listen_failure(const struct case_claim* claim, int error) {
    struct case_line line = {0};
    const union case_address local = case_local(claim->fd);
    const uint32_t none = local.any.sa_family == AF_VSOCK ? VMADDR_PORT_ANY : 0;
    const bool unbound = case_port(claim->fd) == none;
    begin_line(&line, "listen", false, error);
    end_line(&line, where_of(claim->fd, unbound ? NULL : &local), -1, case_socket(claim), "", case_process());
}

void case_listen_fails(const struct case_claim* claim, int backlog, int expected_errno) {
    case_require(listen(claim->fd, backlog) != 0 && errno == expected_errno, "listen fails as it should");
    case_expect_listen_failure(claim, expected_errno);
}

void case_expect_release(struct case_claim* claim) {
    struct case_line line = {0};
    case_require(claim->bound, "the claim to release is one");
    begin_line(&line, "release", false, 0);
    end_line(&line, claim->where, -1, claim->socket, "", claim->holder);
    claim->bound = false;
}

void case_close(struct case_claim* claim) {
    if (claim->bound) {
        case_expect_release(claim);
    }
    close(claim->fd);
    claim->fd = -1;
}

void case_expect_quiet(const struct case_claim* claim) {
    struct case_line line = {0};
    case_put(&line, "{\"quiet\":%llu}", (unsigned long long)case_cookie(claim->fd));
    case_flush(&line);
}

void case_expect_storm(unsigned sockets, const char* events) {
    struct case_line line = {0};
    case_put(&line, "{\"storm\":{\"pid\":%d,\"sockets\":%u,\"events\":%s}}", (int)getpid(), sockets, events);
    case_flush(&line);
}

int case_pack(const struct case_claim* claim) {
    const int packed = memfd_create("claim", 0);
    case_require(packed >= 0, "memfd_create");
    case_require(dprintf(packed, "%d\n%llu\n%s\n%s\n%s\n", claim->fd, (unsigned long long)claim->netns,
                         claim->where, claim->socket, claim->holder) > 0,
                 "the claim is packed");
    return packed;
}

struct case_claim case_unpack(int packed) {
    struct case_claim claim = {.bound = true};
    unsigned long long netns = 0;
    char* texts[3] = {NULL};
    size_t room = 0;
    case_require(lseek(packed, 0, SEEK_SET) == 0, "lseek");
    FILE* file = fdopen(packed, "r");
    case_require(file != NULL && fscanf(file, "%d\n%llu\n", &claim.fd, &netns) == 2, "a packed claim");
    for (unsigned i = 0; i < 3; ++i) {
        const ssize_t length = getline(&texts[i], (room = 0, &room), file);
        case_require(length > 0, "a packed claim");
        texts[i][length - 1] = '\0';
    }
    fclose(file);
    claim.netns = netns;
    claim.where = texts[0];
    claim.socket = texts[1];
    claim.holder = texts[2];
    return claim;
}
