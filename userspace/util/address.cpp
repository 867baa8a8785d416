// SPDX-License-Identifier: Apache-2.0
#include <bindwatch/names.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <span>
#include <utility>

namespace bindwatch {

namespace {

using Ipv4Bytes = std::span<const std::uint8_t, 4>;
using Ipv6Bytes = std::span<const std::uint8_t, 16>;

std::uint32_t host_order(Ipv4Bytes bytes) {
    return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U | std::uint32_t{bytes[2]} << 8U |
           std::uint32_t{bytes[3]};
}

struct Ipv4Block {
    std::uint32_t network = 0;
    unsigned prefix = 0;
    Scope scope = Scope::global;
};

// RFC 6890 section 2.2.2, RFC 5771. The limited broadcast address never leaves the link.
constexpr std::array ipv4_blocks{
    Ipv4Block{0x00000000U, 32, Scope::any},         // 0.0.0.0
    Ipv4Block{0x7f000000U, 8, Scope::loopback},     // 127.0.0.0/8
    Ipv4Block{0xa9fe0000U, 16, Scope::link_local},  // 169.254.0.0/16
    Ipv4Block{0xffffffffU, 32, Scope::link_local},  // 255.255.255.255
    Ipv4Block{0x0a000000U, 8, Scope::private_use},  // 10.0.0.0/8
    Ipv4Block{0xac100000U, 12, Scope::private_use}, // 172.16.0.0/12
    Ipv4Block{0xc0a80000U, 16, Scope::private_use}, // 192.168.0.0/16
    Ipv4Block{0x64400000U, 10, Scope::private_use}, // 100.64.0.0/10, RFC 6598
    Ipv4Block{0xe0000000U, 4, Scope::multicast},    // 224.0.0.0/4
};

Scope ipv4_scope(Ipv4Bytes bytes) {
    const std::uint32_t address = host_order(bytes);
    for (const auto& block : ipv4_blocks) {
        const std::uint32_t mask = ~std::uint32_t{0} << (32U - block.prefix);
        if ((address & mask) == block.network) {
            return block.scope;
        }
    }
    return Scope::global;
}

bool all_zero(std::span<const std::uint8_t> bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

// RFC 4291 section 2.4, RFC 4193 for fc00::/7.
Scope ipv6_scope(Ipv6Bytes bytes) {
    if (all_zero(bytes.first<15>()) && bytes[15] <= 1) {
        return bytes[15] == 0 ? Scope::any : Scope::loopback;
    }
    if (bytes[0] == 0xff) {
        return Scope::multicast;
    }
    if (bytes[0] == 0xfe && (bytes[1] & 0xc0U) == 0x80) {
        return Scope::link_local;
    }
    if ((bytes[0] & 0xfeU) == 0xfc) {
        return Scope::private_use;
    }
    return Scope::global;
}

// <linux/vm_sockets.h>: VMADDR_CID_ANY, VMADDR_CID_LOCAL. Any other CID reaches no further than this machine.
Scope vsock_scope(Ipv4Bytes cid) {
    switch (host_order(cid)) {
    case 0xffffffffU: return Scope::any;
    case 1: return Scope::loopback;
    default: return Scope::private_use;
    }
}

} // namespace

std::optional<Address> mapped_ipv4(const Address& address) {
    if (address.family != Family::ipv6) {
        return std::nullopt;
    }
    const Ipv6Bytes bytes{address.bytes};
    if (!all_zero(bytes.first<10>()) || bytes[10] != 0xff || bytes[11] != 0xff) {
        return std::nullopt;
    }
    Address inner{Family::ipv4, {}};
    std::ranges::copy(bytes.last<4>(), inner.bytes.begin());
    return inner;
}

std::string to_string(const Address& address) {
    switch (address.family) {
    case Family::ipv4: {
        std::array<char, INET_ADDRSTRLEN> text{};
        return ::inet_ntop(AF_INET, address.bytes.data(), text.data(), text.size());
    }
    case Family::ipv6: {
        std::array<char, INET6_ADDRSTRLEN> text{};
        return ::inet_ntop(AF_INET6, address.bytes.data(), text.data(), text.size());
    }
    case Family::vsock: return std::to_string(host_order(Ipv6Bytes{address.bytes}.first<4>()));
    }
    std::unreachable();
}

Scope scope_of(const Address& address) {
    if (const auto inner = mapped_ipv4(address)) {
        return scope_of(*inner);
    }
    const Ipv6Bytes bytes{address.bytes};
    switch (address.family) {
    case Family::ipv4: return ipv4_scope(bytes.first<4>());
    case Family::ipv6: return ipv6_scope(bytes);
    case Family::vsock: return vsock_scope(bytes.first<4>());
    }
    std::unreachable();
}

} // namespace bindwatch
