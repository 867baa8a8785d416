// SPDX-License-Identifier: Apache-2.0
/* The sockets of a case and the lines that they must give. */
#include "case.h"
#include "case_json.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* linux/in.h and linux/in6.h have them, the C library's headers not all of them. */
enum { PROTOCOL_UDPLITE = 136, OPTION_V6_TRANSPARENT = 75, OPTION_V6_FREEBIND = 78 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static uint64_t inode(const char* path) {
    struct stat file;
    case_require(stat(path, &file) == 0, path);
    return file.st_ino;
}

static int option(int fd, int level, int name) {
    int value = 0;
    socklen_t size = sizeof(value);
    case_require(getsockopt(fd, level, name, &value, &size) == 0, "getsockopt");
    return value;
}

static uint64_t cookie_of(int fd) {
    uint64_t cookie = 0;
    socklen_t size = sizeof(cookie);
    case_require(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0, "SO_COOKIE");
    return cookie;
}

static size_t read_file(const char* path, char* bytes, size_t room) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    case_require(fd >= 0, path);
    size_t length = 0;
    ssize_t got = 0;
    while (length < room && (got = read(fd, bytes + length, room - length)) > 0) {
        length += (size_t)got;
    }
    close(fd);
    return length;
}

static struct case_who who(void) {
    struct case_who me = {.pid = getpid(),
                          .tid = gettid(),
                          .ppid = getppid(),
                          .uid = geteuid(),
                          .gid = getegid(),
                          .pidns = inode("/proc/self/ns/pid")};
    /* Of the thread group's leader, whichever thread asks. */
    const size_t length = read_file("/proc/self/comm", me.comm, sizeof(me.comm));
    case_require(length > 0, "the process has a name");
    me.comm[length - 1] = '\0';
    return me;
}

static union address local_address(int fd) {
    union address local = {0};
    socklen_t size = sizeof(local);
    case_require(getsockname(fd, &local.any, &size) == 0, "getsockname");
    return local;
}

static uint16_t port_of(const union address* address) {
    return ntohs(address->any.sa_family == AF_INET ? address->v4.sin_port : address->v6.sin6_port);
}

static union address parse(int family, const char* text, uint16_t port) {
    union address parsed = {.any = {.sa_family = (sa_family_t)family}};
    if (family == AF_INET) {
        parsed.v4.sin_port = htons(port);
        case_require(inet_pton(AF_INET, text, &parsed.v4.sin_addr) == 1, text);
    } else {
        parsed.v6.sin6_port = htons(port);
        case_require(inet_pton(AF_INET6, text, &parsed.v6.sin6_addr) == 1, text);
        if (IN6_IS_ADDR_LINKLOCAL(&parsed.v6.sin6_addr) || IN6_IS_ADDR_MC_LINKLOCAL(&parsed.v6.sin6_addr)) {
            parsed.v6.sin6_scope_id = if_nametoindex("lo");
        }
    }
    return parsed;
}

static socklen_t size_of(const union address* address) {
    return address->any.sa_family == AF_INET ? sizeof(address->v4) : sizeof(address->v6);
}

static const char* transport(int fd) {
    switch (option(fd, SOL_SOCKET, SO_PROTOCOL)) {
    case IPPROTO_TCP: return "tcp";
    case IPPROTO_UDP: return "udp";
    case PROTOCOL_UDPLITE: return "udplite";
    default: case_require(false, "a transport that the cases know"); return "";
    }
}

static const char* boolean(bool value) {
    return value ? "true" : "false";
}

static void put_where(struct case_line* line, int fd, const union address* address) {
    char text[INET6_ADDRSTRLEN] = "";
    const bool v4 = address->any.sa_family == AF_INET;
    const void* bytes = v4 ? (const void*)&address->v4.sin_addr : (const void*)&address->v6.sin6_addr;
    case_require(inet_ntop(address->any.sa_family, bytes, text, sizeof(text)) != NULL, "inet_ntop");
    case_put(line, ",\"transport\":\"%s\",\"family\":\"%s\",\"address\":\"%s\",\"port\":%u", transport(fd),
             v4 ? "ipv4" : "ipv6", text, port_of(address));
}

static void put_socket(struct case_line* line, const struct case_claim* claim) {
    const int fd = claim->fd;
    const bool v6 = option(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6;
    const int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    case_put(line, ",\"socket\":{\"cookie\":%llu,\"netns\":%llu,\"type\":\"%s\"",
             (unsigned long long)cookie_of(fd), (unsigned long long)claim->netns,
             option(fd, SOL_SOCKET, SO_TYPE) == SOCK_STREAM ? "stream" : "dgram");
    case_put(line, ",\"reuse_addr\":%s,\"reuse_port\":%s", boolean(option(fd, SOL_SOCKET, SO_REUSEADDR)),
             boolean(option(fd, SOL_SOCKET, SO_REUSEPORT)));
    case_put(line, ",\"v6only\":%s", v6 ? boolean(option(fd, level, IPV6_V6ONLY)) : "null");
    case_put(line, ",\"freebind\":%s,\"transparent\":%s",
             boolean(option(fd, level, v6 ? OPTION_V6_FREEBIND : IP_FREEBIND)),
             boolean(option(fd, level, v6 ? OPTION_V6_TRANSPARENT : IP_TRANSPARENT)));
    case_put(line, ",\"ifindex\":%d,\"kernel\":false", option(fd, SOL_SOCKET, SO_BINDTOIFINDEX));
}

static void put_backlog(struct case_line* line, int fd) {
    /* A listening socket's tcpi_sacked is its backlog after the kernel's clamp (net/ipv4/tcp.c,
     * tcp_get_info). */
    struct tcp_info info;
    socklen_t size = sizeof(info);
    case_require(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0, "TCP_INFO");
    case_put(line, ",\"backlog\":%u", info.tcpi_sacked);
}

static void put_process(struct case_line* line, const struct case_who* me) {
    char exe[4096];
    const ssize_t exe_length = readlink("/proc/self/exe", exe, sizeof(exe));
    case_require(exe_length > 0, "/proc/self/exe");
    char args[4096];
    const size_t args_length = read_file("/proc/self/cmdline", args, sizeof(args));
    case_put(
        line,
        ",\"process\":{\"pid\":%d,\"tid\":%d,\"ns_pid\":%d,\"ppid\":%d,\"uid\":%u,\"gid\":%u,\"pidns\":%llu",
        (int)me->pid, (int)me->tid, (int)me->pid, (int)me->ppid, me->uid, me->gid,
        (unsigned long long)me->pidns);
    case_put(line, ",\"comm\":");
    case_put_bytes(line, me->comm, strlen(me->comm));
    case_put(line, ",\"exe\":");
    case_put_bytes(line, exe, (size_t)exe_length);
    case_put(line, ",\"args_truncated\":false,\"args\":[");
    for (size_t at = 0; at < args_length; at += strlen(args + at) + 1) {
        case_put(line, at == 0 ? "" : ",");
        case_put_bytes(line, args + at, strlen(args + at));
    }
    case_put(line, "]}");
}

static void begin_line(struct case_line* line, const char* event, bool implicit, int error) {
    case_put(line, "{\"event\":\"%s\",\"origin\":\"live\",\"outcome\":\"%s\",\"implicit\":%s", event,
             error == 0 ? "success" : "failure", boolean(implicit));
    if (error == 0) {
        case_put(line, ",\"errno\":null");
    } else {
        case_put(line, ",\"errno\":%d", error);
    }
}

/* requested: the port of a bind(2), negative for what asks for none. */
static void tell(const struct case_claim* claim, const char* event, const union address* at, int requested,
                 bool implicit, int error) {
    struct case_line line = {0};
    begin_line(&line, event, implicit, error);
    put_where(&line, claim->fd, at);
    if (requested < 0) {
        case_put(&line, ",\"requested_port\":null");
    } else {
        case_put(&line, ",\"requested_port\":%d", requested);
    }
    put_socket(&line, claim);
    if (strcmp(event, "listen") == 0 && error == 0) {
        put_backlog(&line, claim->fd);
    } else if (strcmp(event, "bind") == 0) {
        case_put(&line, ",\"backlog\":null");
    }
    case_put(&line, "}");
    const struct case_who me = strcmp(event, "release") == 0 ? claim->binder : who();
    put_process(&line, &me);
    case_put(&line, "}");
    case_flush(&line);
}

struct case_claim case_open(int family, int type, int protocol) {
    struct case_claim claim = {.fd = socket(family, type | SOCK_CLOEXEC, protocol)};
    case_require(claim.fd >= 0, "socket");
    claim.netns = inode("/proc/thread-self/ns/net");
    return claim;
}

void case_option(const struct case_claim* claim, int level, int name, int value) {
    case_require(setsockopt(claim->fd, level, name, &value, sizeof(value)) == 0, "setsockopt");
}

static int bind_to(const struct case_claim* claim, const union address* wanted) {
    return bind(claim->fd, &wanted->any, size_of(wanted)) == 0 ? 0 : errno;
}

void case_bind(struct case_claim* claim, const char* address, uint16_t port) {
    const union address wanted = parse(option(claim->fd, SOL_SOCKET, SO_DOMAIN), address, port);
    errno = bind_to(claim, &wanted);
    case_require(errno == 0, "bind");
    const union address local = local_address(claim->fd);
    case_require(port_of(&local) != 0, "the bound socket has a port");
    claim->bound = true;
    claim->binder = who();
    tell(claim, "bind", &local, port, false, 0);
}

void case_bind_fails(const struct case_claim* claim, const char* address, uint16_t port, int expected_errno) {
    const union address wanted = parse(option(claim->fd, SOL_SOCKET, SO_DOMAIN), address, port);
    errno = bind_to(claim, &wanted);
    case_require(errno == expected_errno, "bind fails as it should");
    tell(claim, "bind", &wanted, port, false, expected_errno);
}

void case_listen(struct case_claim* claim, int backlog) {
    const bool listened = option(claim->fd, SOL_SOCKET, SO_ACCEPTCONN);
    case_require(listen(claim->fd, backlog) == 0, "listen");
    const union address local = local_address(claim->fd);
    if (!claim->bound) {
        claim->bound = true;
        claim->binder = who();
        tell(claim, "bind", &local, -1, true, 0);
    }
    if (!listened) {
        tell(claim, "listen", &local, -1, false, 0);
    }
}

void case_listen_fails(const struct case_claim* claim, int backlog, int expected_errno) {
    case_require(listen(claim->fd, backlog) != 0 && errno == expected_errno, "listen fails as it should");
    const union address local = local_address(claim->fd);
    tell(claim, "listen", &local, -1, false, expected_errno);
}

void case_expect_release(struct case_claim* claim) {
    case_require(claim->bound, "the claim to release is one");
    const union address local = local_address(claim->fd);
    tell(claim, "release", &local, -1, false, 0);
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
    case_put(&line, "{\"quiet\":%llu}", (unsigned long long)cookie_of(claim->fd));
    case_flush(&line);
}

void case_expect_storm(unsigned sockets, const char* events) {
    struct case_line line = {0};
    case_put(&line, "{\"storm\":{\"pid\":%d,\"sockets\":%u,\"events\":%s}}", (int)getpid(), sockets, events);
    case_flush(&line);
}

uint16_t case_port(int fd) {
    const union address local = local_address(fd);
    return port_of(&local);
}
