// SPDX-License-Identifier: Apache-2.0
#include "case_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* linux/in6.h has them, the C library's headers do not. */
enum { OPTION_V6_TRANSPARENT = 75, OPTION_V6_FREEBIND = 78 };

/* `otherwise` where this kind of socket cannot be asked, which is where it cannot be told either. */
static int option_or(int fd, int level, int name, int otherwise) {
    int value = 0;
    socklen_t size = sizeof(value);
    if (getsockopt(fd, level, name, &value, &size) == 0) {
        return value;
    }
    case_require(errno == EOPNOTSUPP || errno == ENOPROTOOPT, "getsockopt");
    return otherwise;
}

int case_option_of(int fd, int level, int name) {
    int value = 0;
    socklen_t size = sizeof(value);
    case_require(getsockopt(fd, level, name, &value, &size) == 0, "getsockopt");
    return value;
}

uint64_t case_cookie(int fd) {
    uint64_t cookie = 0;
    socklen_t size = sizeof(cookie);
    case_require(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0, "SO_COOKIE");
    return cookie;
}

union case_address case_address(int family, const char* text, uint32_t port) {
    union case_address made = {.any = {.sa_family = (sa_family_t)family}};
    if (family == AF_VSOCK) {
        made.vm.svm_cid = (unsigned)strtoul(text, NULL, 10);
        made.vm.svm_port = port;
    } else if (family == AF_INET) {
        made.v4.sin_port = htons((uint16_t)port);
        case_require(inet_pton(AF_INET, text, &made.v4.sin_addr) == 1, text);
    } else {
        made.v6.sin6_port = htons((uint16_t)port);
        case_require(inet_pton(AF_INET6, text, &made.v6.sin6_addr) == 1, text);
        if (IN6_IS_ADDR_LINKLOCAL(&made.v6.sin6_addr) || IN6_IS_ADDR_MC_LINKLOCAL(&made.v6.sin6_addr)) {
            made.v6.sin6_scope_id = if_nametoindex("lo");
        }
    }
    return made;
}

socklen_t case_size(const union case_address* address) {
    switch (address->any.sa_family) {
    case AF_VSOCK: return sizeof(address->vm);
    case AF_INET: return sizeof(address->v4);
    default: return sizeof(address->v6);
    }
}

union case_address case_local(int fd) {
    union case_address local = {0};
    socklen_t size = sizeof(local);
    case_require(getsockname(fd, &local.any, &size) == 0, "getsockname");
    return local;
}

static uint32_t port_of(const union case_address* address) {
    switch (address->any.sa_family) {
    case AF_VSOCK: return address->vm.svm_port;
    case AF_INET: return ntohs(address->v4.sin_port);
    default: return ntohs(address->v6.sin6_port);
    }
}

uint32_t case_port(int fd) {
    const union case_address local = case_local(fd);
    return port_of(&local);
}

static const char* transport(int fd) {
    if (case_option_of(fd, SOL_SOCKET, SO_DOMAIN) == AF_VSOCK) {
        return "vsock";
    }
    switch (case_option_of(fd, SOL_SOCKET, SO_PROTOCOL)) {
    case IPPROTO_TCP: return "tcp";
    case IPPROTO_UDP: return "udp";
    case CASE_UDPLITE: return "udplite";
    case CASE_SCTP: return "sctp";
    case CASE_MPTCP: return "mptcp";
    default: case_require(false, "a transport that the cases know"); return "";
    }
}

static const char* family(int fd) {
    switch (case_option_of(fd, SOL_SOCKET, SO_DOMAIN)) {
    case AF_INET: return "ipv4";
    case AF_INET6: return "ipv6";
    default: return "vsock";
    }
}

static const char* type(int fd) {
    switch (case_option_of(fd, SOL_SOCKET, SO_TYPE)) {
    case SOCK_STREAM: return "stream";
    case SOCK_DGRAM: return "dgram";
    default: return "seqpacket";
    }
}

static void put_address(struct case_line* line, const union case_address* address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address->any.sa_family == AF_VSOCK) {
        case_put(line, "\"%u\"", address->vm.svm_cid);
        return;
    }
    const void* bytes = address->any.sa_family == AF_INET ? (const void*)&address->v4.sin_addr
                                                          : (const void*)&address->v6.sin6_addr;
    case_require(inet_ntop(address->any.sa_family, bytes, text, sizeof(text)) != NULL, "inet_ntop");
    case_put(line, "\"%s\"", text);
}

void case_put_where(struct case_line* line, int fd, const union case_address* address) {
    case_put(line, ",\"transport\":\"%s\",\"family\":\"%s\",\"address\":", transport(fd), family(fd));
    if (address == NULL) {
        case_put(line, "null,\"port\":null");
    } else {
        put_address(line, address);
        case_put(line, ",\"port\":%u", port_of(address));
    }
}

static const char* boolean(bool value) {
    return value ? "true" : "false";
}

void case_put_socket(struct case_line* line, const struct case_claim* claim) {
    const int fd = claim->fd;
    const bool v6 = case_option_of(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6;
    const int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    const int v6only = v6 ? option_or(fd, level, IPV6_V6ONLY, -1) : 0;
    case_put(line, "\"cookie\":%llu,\"netns\":%llu,\"type\":\"%s\"", (unsigned long long)case_cookie(fd),
             (unsigned long long)claim->netns, type(fd));
    case_put(line, ",\"reuse_addr\":%s,\"reuse_port\":%s",
             boolean(case_option_of(fd, SOL_SOCKET, SO_REUSEADDR)),
             boolean(case_option_of(fd, SOL_SOCKET, SO_REUSEPORT)));
    if (v6only >= 0) { /* an MPTCP socket of before 6.11 takes the option and does not tell */
        case_put(line, ",\"v6only\":%s", v6 ? boolean(v6only) : "null");
    }
    case_put(line, ",\"freebind\":%s,\"transparent\":%s",
             boolean(option_or(fd, level, v6 ? OPTION_V6_FREEBIND : IP_FREEBIND, 0)),
             boolean(option_or(fd, level, v6 ? OPTION_V6_TRANSPARENT : IP_TRANSPARENT, 0)));
    case_put(line, ",\"ifindex\":%d,\"kernel\":false", case_option_of(fd, SOL_SOCKET, SO_BINDTOIFINDEX));
}

unsigned case_backlog(int fd, int asked) {
    /* A listening socket's tcpi_sacked is its backlog after the kernel's clamp (net/ipv4/tcp.c,
     * tcp_get_info). */
    struct tcp_info info;
    socklen_t size = sizeof(info);
    if (fd >= 0 && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0) {
        return info.tcpi_sacked;
    }
    /* The others do not tell; the clamp is the same for all (net/socket.c, __sys_listen). */
    const unsigned most = (unsigned)case_number_in("/proc/sys/net/core/somaxconn", 128);
    return (unsigned)asked > most ? most : (unsigned)asked;
}
