// SPDX-License-Identifier: Apache-2.0
#include "conflict/conflict.hpp"

#include <bindwatch/names.hpp>

#include <netinet/in.h>

#include <optional>

namespace bindwatch {
namespace {

constexpr std::uint16_t mptcp = 262; // RFC 8684; not in every libc's <netinet/in.h>

std::uint16_t number_space(std::uint16_t protocol) {
    return protocol == mptcp ? std::uint16_t{IPPROTO_TCP} : protocol;
}

/// What IPv4 sees of the address: itself, or the IPv4 address that is mapped into it. Null: nothing.
std::optional<Address> as_ipv4(const Address& address) {
    return address.family == Family::ipv4 ? std::optional(address) : mapped_ipv4(address);
}

bool is_any(const Address& address) {
    return scope_of(address) == Scope::any;
}

bool takes_ipv4_too(const Event& event) {
    return event.family == Family::ipv6 && is_any(address_of(event)) && !event.socket.v6only.value_or(false);
}

bool overlap(const Event& a, const Event& b) {
    if (takes_ipv4_too(a) || takes_ipv4_too(b)) {
        return true; // :: is every address of both families; one that is for IPv6 alone is below
    }
    const auto a4 = as_ipv4(address_of(a));
    const auto b4 = as_ipv4(address_of(b));
    if (a4 && b4) {
        return *a4 == *b4 || is_any(*a4) || is_any(*b4);
    }
    return !a4 && !b4 && (address_of(a) == address_of(b) || is_any(address_of(a)) || is_any(address_of(b)));
}

bool meets_ipv6_only(const Event& dual, const Event& other) {
    return other.family != Family::ipv4 || !dual.socket.v6only.value_or(false);
}

/// SO_BINDTODEVICE on different devices keeps sockets apart.
bool same_device(const Event& a, const Event& b) {
    return a.socket.ifindex == 0 || b.socket.ifindex == 0 || a.socket.ifindex == b.socket.ifindex;
}

bool shared(const Event& failed, const Event& other) {
    const bool stream = failed.socket.type == SOCK_STREAM;
    const bool listens = found_of(other).state == SocketState::listen;
    if (failed.socket.reuse_addr && other.socket.reuse_addr && !(stream && listens)) {
        return true;
    }
    const bool same_user =
        failed.process && other.process && failed.process->uid && failed.process->uid == other.process->uid;
    return failed.socket.reuse_port && other.socket.reuse_port && same_user;
}

constexpr int last_rank = 3;

int rank(const Event& event) {
    switch (found_of(event).state) {
    case SocketState::listen: return 0;
    case SocketState::bound: return 1;
    default: return found_of(event).unheld ? last_rank : last_rank - 1;
    }
}

} // namespace

bool is_in_the_way(const Event& failed, const Event& other) {
    return failed.address && failed.port && other.address && other.port && other.found &&
           failed.port == other.port && failed.socket.netns == other.socket.netns &&
           number_space(failed.protocol) == number_space(other.protocol) && same_device(failed, other) &&
           meets_ipv6_only(failed, other) && meets_ipv6_only(other, failed) && overlap(failed, other) &&
           !shared(failed, other);
}

std::vector<const FoundSocket*> those_in_the_way(const Event& failed, std::span<const FoundSocket> sockets) {
    std::vector<const FoundSocket*> found;
    for (int wanted = 0; wanted <= last_rank; ++wanted) {
        for (const FoundSocket& socket : sockets) {
            const bool itself =
                failed.socket.cookie != 0 && failed.socket.cookie == socket.event.socket.cookie;
            if (!itself && rank(socket.event) == wanted && is_in_the_way(failed, socket.event)) {
                found.push_back(&socket);
            }
        }
    }
    return found;
}

} // namespace bindwatch
