// SPDX-License-Identifier: Apache-2.0
#include "decode/socket_fields.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace bindwatch {

std::string_view comm_of(std::span<const std::uint8_t, BW_COMM_LEN> comm) {
    const auto* text = reinterpret_cast<const char*>(comm.data());
    return {text, strnlen(text, comm.size())};
}

std::expected<Family, std::string> family_of(std::uint16_t family) {
    switch (family) {
    case AF_INET: return Family::ipv4;
    case AF_INET6: return Family::ipv6;
    case AF_VSOCK: return Family::vsock;
    default: return std::unexpected("unknown address family " + std::to_string(family));
    }
}

Address address_of(Family family, std::span<const std::uint8_t, 16> bytes) {
    Address address{.family = family};
    std::ranges::copy(bytes, address.bytes.begin());
    return address;
}

void fill_socket(const bw_socket& from, bool listening, Event& event) {
    Socket& to = event.socket;
    const auto has = [&](unsigned bit) { return (from.options & bit) != 0; };
    to.cookie = from.cookie;
    to.netns = from.netns;
    to.ifindex = from.ifindex;
    to.type = from.type;
    to.backlog.reset();
    if (from.backlog != 0 || listening) {
        to.backlog = from.backlog;
    }
    to.reuse_addr = has(BW_SOCK_REUSE_ADDR);
    to.reuse_port = has(BW_SOCK_REUSE_PORT);
    to.v6only.reset();
    if (event.family == Family::ipv6) {
        to.v6only = has(BW_SOCK_V6ONLY);
    }
    to.freebind = has(BW_SOCK_FREEBIND);
    to.transparent = has(BW_SOCK_TRANSPARENT);
    to.kernel = has(BW_SOCK_KERNEL);
    to.ephemeral = has(BW_SOCK_EPHEMERAL);
}

} // namespace bindwatch
