// SPDX-License-Identifier: Apache-2.0
#include "kernel/socket_diag.hpp"

#include "decode/cursor.hpp"
#include "kernel/sockstat.hpp"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace bindwatch {
namespace {

/// The kernel fills at most 32 KiB at a time (netlink_dump in net/netlink/af_netlink.c).
constexpr std::size_t batch_bytes = 64U << 10U;

/// include/net/tcp_states.h; UDP has the first for a connected socket and the second for any other.
constexpr std::uint32_t established = 1U << 1U;
constexpr std::uint32_t closed = 1U << 7U;
constexpr std::uint32_t time_wait = 1U << 6U;
constexpr std::uint32_t listening = 1U << 10U;
/// Up to NEW_SYN_RECV: those that the iterators have as well.
constexpr std::uint32_t every_state = (1U << 13U) - 2;

/// Accepts what has SOCK_BINDPORT_LOCK: the first operation is true of a port that the kernel chose, and then
/// the second jumps beyond the end, which rejects (inet_diag_bc_run in net/ipv4/inet_diag.c).
constexpr std::array<inet_diag_bc_op, 2> port_was_asked_for{
    {{INET_DIAG_BC_AUTO, sizeof(inet_diag_bc_op), 2 * sizeof(inet_diag_bc_op)},
     {INET_DIAG_BC_JMP, sizeof(inet_diag_bc_op), 2 * sizeof(inet_diag_bc_op)}}};

struct ByteCode {
    nlattr head{sizeof(ByteCode), INET_DIAG_REQ_BYTECODE};
    std::array<inet_diag_bc_op, 2> operations = port_was_asked_for;
};

template <typename Body>
struct Dump {
    nlmsghdr head{};
    Body body{};
    ByteCode filter;
};

struct Kind {
    std::uint16_t protocol = 0;
    std::uint8_t family = 0; ///< AF_UNSPEC: both
    std::uint32_t states = 0;
    bool only_asked = false;
};

template <typename Body>
bool send_dump(int fd, std::uint16_t type, const Body& body, bool only_asked) {
    Dump<Body> dump;
    const std::size_t length = only_asked ? sizeof(dump) : offsetof(Dump<Body>, filter);
    dump.head = {.nlmsg_len = static_cast<std::uint32_t>(length),
                 .nlmsg_type = type,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                 .nlmsg_seq = 0,
                 .nlmsg_pid = 0};
    dump.body = body;
    return send(fd, &dump, length, 0) == static_cast<ssize_t>(length);
}

bool ask(int fd, const Kind& kind, std::uint16_t port) {
    inet_diag_sockid id{};
    id.idiag_sport = htons(port);
    if (kind.protocol == IPPROTO_TCP) {
        // The older request lists both families in one walk over a table that can have a quarter of a million
        // places.
        inet_diag_req body{};
        body.id = id;
        body.idiag_states = kind.states;
        return send_dump(fd, TCPDIAG_GETSOCK, body, kind.only_asked);
    }
    inet_diag_req_v2 body{};
    body.sdiag_family = kind.family;
    body.sdiag_protocol = static_cast<std::uint8_t>(kind.protocol);
    body.idiag_states = kind.states;
    body.id = id;
    return send_dump(fd, SOCK_DIAG_BY_FAMILY, body, kind.only_asked);
}

/// 0 or an errno.
int list(int fd, const Kind& kind, std::uint16_t port, std::vector<std::byte>& batch,
         std::vector<ListedSocket>& sockets) {
    if (!ask(fd, kind, port)) {
        return errno;
    }
    for (;;) {
        const ssize_t bytes = recv(fd, batch.data(), batch.size(), MSG_TRUNC);
        if (bytes < 0 && errno == EINTR) {
            continue;
        }
        if (bytes <= 0 || static_cast<std::size_t>(bytes) > batch.size()) {
            return bytes < 0 ? errno : EBADMSG;
        }
        const auto done =
            add_listed(std::span(batch).first(static_cast<std::size_t>(bytes)), kind.protocol, sockets);
        if (!done || *done) {
            return done ? 0 : done.error();
        }
    }
}

/// Listing so many listeners takes as long as to walk the table of connections, which all network namespaces
/// share: an empty one's walk takes milliseconds, and there can be hundreds.
constexpr std::uint64_t cheaper_than_the_walk = 2000;

Kind connections_of(const ListRequest& request) {
    if (request.connections) {
        return {IPPROTO_TCP, AF_UNSPEC, every_state & ~listening};
    }
    return {IPPROTO_TCP, AF_UNSPEC, every_state & ~(listening | time_wait), true};
}

std::vector<Kind> kinds_of_udp(const ListRequest& request) {
    if (request.connections) {
        return {{IPPROTO_UDP, AF_INET, every_state}, {IPPROTO_UDP, AF_INET6, every_state}};
    }
    return {{IPPROTO_UDP, AF_INET, closed},
            {IPPROTO_UDP, AF_INET6, closed},
            {IPPROTO_UDP, AF_INET, established, true},
            {IPPROTO_UDP, AF_INET6, established, true}};
}

/// 0 or an errno. Connections are looked for only where the kernel counts more than the listeners, before and
/// after they are listed: one that comes in between is no connection. One that is not established yet
/// (NEW_SYN_RECV) is in no count: who asks for a port is content with its listener, who asks for all is not.
int list_tcp(int fd, const ListRequest& request, std::vector<std::byte>& batch,
             std::vector<ListedSocket>& sockets) {
    const bool everything = request.connections && request.port == 0;
    const auto before = everything ? std::nullopt : tcp_counts();
    const bool every_listener = request.port == 0 || (before && before->hashed < cheaper_than_the_walk);
    const std::uint16_t port = every_listener ? std::uint16_t{0} : request.port;
    if (const int error = list(fd, {IPPROTO_TCP, AF_UNSPEC, listening}, port, batch, sockets); error != 0) {
        return error;
    }
    const bool only_listeners = before && every_listener && before->hashed == sockets.size() &&
                                (!request.connections || before->time_wait == 0) && before == tcp_counts();
    if (port != request.port) {
        std::erase_if(sockets, [&](const ListedSocket& each) { return each.port != request.port; });
    }
    return only_listeners ? 0 : list(fd, connections_of(request), request.port, batch, sockets);
}

} // namespace

std::expected<bool, int> add_listed(std::span<const std::byte> messages, std::uint16_t protocol,
                                    std::vector<ListedSocket>& sockets) {
    while (!messages.empty()) {
        Cursor cursor(messages);
        nlmsghdr head{};
        if (!cursor.read(head) || head.nlmsg_len < sizeof(head) || head.nlmsg_len > messages.size()) {
            return std::unexpected(EBADMSG);
        }
        Cursor body(messages.subspan(sizeof(head), head.nlmsg_len - sizeof(head)));
        if (head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR) {
            int error = 0; // negative; behind NLMSG_DONE that of the dump, which not every kernel says
            if (!body.read(error) && head.nlmsg_type == NLMSG_ERROR) {
                return std::unexpected(EBADMSG);
            }
            return error < 0 ? std::expected<bool, int>(std::unexpected(-error)) : true;
        }
        inet_diag_msg socket{};
        if (!body.read(socket)) {
            return std::unexpected(EBADMSG);
        }
        sockets.push_back(
            {.cookie = std::uint64_t{socket.id.idiag_cookie[1]} << 32U | socket.id.idiag_cookie[0],
             .inode = socket.idiag_inode,
             .protocol = protocol,
             .port = ntohs(socket.id.idiag_sport),
             .family = socket.idiag_family});
        messages = messages.subspan(std::min<std::size_t>(NLMSG_ALIGN(head.nlmsg_len), messages.size()));
    }
    return false;
}

std::expected<std::vector<ListedSocket>, int> list_sockets(const ListRequest& request) {
    const UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!fd) {
        return std::unexpected(errno);
    }
    std::vector<ListedSocket> sockets;
    std::vector<std::byte> batch(batch_bytes);
    int error = list_tcp(fd.get(), request, batch, sockets);
    for (const Kind& kind : kinds_of_udp(request)) {
        error = error == 0 ? list(fd.get(), kind, request.port, batch, sockets) : error;
    }
    if (error != 0) {
        return std::unexpected(error);
    }
    return sockets;
}

} // namespace bindwatch
