// SPDX-License-Identifier: Apache-2.0
#include "util/decimal.hpp"

#include <bindwatch/names.hpp>

#include <netinet/in.h>
#include <string.h> // NOLINT(modernize-deprecated-headers): strerrorname_np is glibc's, not C++'s
#include <sys/socket.h>

#include <array>
#include <limits>
#include <utility>

namespace bindwatch {

namespace {

// Not in every libc's <netinet/in.h>: RFC 8684, Linux 5.6.
constexpr std::uint16_t mptcp = 262;

struct TransportName {
    std::uint16_t protocol = 0;
    std::string_view name;
};

constexpr std::array transport_names{
    TransportName{IPPROTO_TCP, "tcp"},
    TransportName{IPPROTO_UDP, "udp"},
    TransportName{IPPROTO_UDPLITE, "udplite"},
    TransportName{IPPROTO_SCTP, "sctp"},
    TransportName{mptcp, "mptcp"},
};

constexpr std::string_view numbered_prefix = "ip-";

} // namespace

std::string_view name_of(EventKind kind) {
    switch (kind) {
    case EventKind::bind: return "bind";
    case EventKind::listen: return "listen";
    case EventKind::release: return "release";
    }
    std::unreachable();
}

std::string_view name_of(Origin origin) {
    switch (origin) {
    case Origin::live: return "live";
    case Origin::snapshot: return "snapshot";
    }
    std::unreachable();
}

std::string_view name_of(Family family) {
    switch (family) {
    case Family::ipv4: return "ipv4";
    case Family::ipv6: return "ipv6";
    case Family::vsock: return "vsock";
    }
    std::unreachable();
}

std::string_view name_of(Scope scope) {
    switch (scope) {
    case Scope::any: return "any";
    case Scope::loopback: return "loopback";
    case Scope::link_local: return "link-local";
    case Scope::private_use: return "private";
    case Scope::multicast: return "multicast";
    case Scope::global: return "global";
    }
    std::unreachable();
}

std::string_view name_of(Tier tier) {
    switch (tier) {
    case Tier::system: return "system";
    case Tier::user: return "user";
    case Tier::dynamic: return "dynamic";
    }
    std::unreachable();
}

std::string_view name_of(Status status) {
    switch (status) {
    case Status::assigned: return "assigned";
    case Status::unassigned: return "unassigned";
    case Status::reserved: return "reserved";
    case Status::dynamic: return "dynamic";
    }
    std::unreachable();
}

std::string_view name_of(Severity severity) {
    switch (severity) {
    case Severity::notice: return "notice";
    case Severity::warning: return "warning";
    }
    std::unreachable();
}

std::string_view name_of(SocketState state) {
    switch (state) {
    case SocketState::bound: return "bound";
    case SocketState::listen: return "listen";
    case SocketState::syn_sent: return "syn_sent";
    case SocketState::syn_recv: return "syn_recv";
    case SocketState::established: return "established";
    case SocketState::fin_wait1: return "fin_wait1";
    case SocketState::fin_wait2: return "fin_wait2";
    case SocketState::time_wait: return "time_wait";
    case SocketState::close_wait: return "close_wait";
    case SocketState::last_ack: return "last_ack";
    case SocketState::closing: return "closing";
    }
    std::unreachable();
}

std::string_view name_of(Unheld unheld) {
    switch (unheld) {
    case Unheld::kernel: return "kernel";
    case Unheld::in_flight: return "in-flight";
    case Unheld::not_accepted: return "not-accepted";
    case Unheld::orphan: return "orphan";
    }
    std::unreachable();
}

std::string transport_name(std::uint16_t protocol, Family family) {
    if (family == Family::vsock) {
        return "vsock";
    }
    for (const auto& known : transport_names) {
        if (known.protocol == protocol) {
            return std::string(known.name);
        }
    }
    return std::string(numbered_prefix) + std::to_string(protocol);
}

std::optional<std::uint16_t> protocol_of(std::string_view transport) {
    for (const auto& known : transport_names) {
        if (known.name == transport) {
            return known.protocol;
        }
    }
    if (!transport.starts_with(numbered_prefix)) {
        return std::nullopt;
    }
    transport.remove_prefix(numbered_prefix.size());
    return parse_digits<std::uint16_t>(transport);
}

std::string errno_name(std::uint32_t error) {
    if (error <= std::numeric_limits<int>::max()) {
        if (const char* name = ::strerrorname_np(static_cast<int>(error)); error != 0 && name != nullptr) {
            return name;
        }
    }
    return "errno " + std::to_string(error);
}

std::string errno_message(std::uint32_t error) {
    if (error <= std::numeric_limits<int>::max()) {
        if (const char* text = ::strerrordesc_np(static_cast<int>(error)); error != 0 && text != nullptr) {
            return text;
        }
    }
    return "Unknown error " + std::to_string(error);
}

std::string socket_type_name(std::uint16_t type) {
    switch (type) {
    case SOCK_STREAM: return "stream";
    case SOCK_DGRAM: return "dgram";
    case SOCK_SEQPACKET: return "seqpacket";
    default: return std::to_string(type);
    }
}

bool is_generated_id(std::string_view container_id) {
    constexpr std::size_t fewest_digits = 32; // of AWS, which appends a number; everyone else has 64
    return container_id.size() >= fewest_digits &&
           container_id.substr(0, fewest_digits).find_first_not_of("0123456789abcdefABCDEF") ==
               std::string_view::npos;
}

} // namespace bindwatch
