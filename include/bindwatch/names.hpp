// SPDX-License-Identifier: Apache-2.0
/// The words of the contract: how each value is written in JSON, in text and on the command line.
#pragma once

#include <bindwatch/event.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace bindwatch {

[[nodiscard]] std::string_view name_of(EventKind kind);
[[nodiscard]] std::string_view name_of(Origin origin);
[[nodiscard]] std::string_view name_of(Family family);
[[nodiscard]] std::string_view name_of(Scope scope);
[[nodiscard]] std::string_view name_of(Tier tier);
[[nodiscard]] std::string_view name_of(Status status);
[[nodiscard]] std::string_view name_of(Severity severity);
[[nodiscard]] std::string_view name_of(SocketState state);
[[nodiscard]] std::string_view name_of(Unheld unheld);

/// "tcp", "udp", "udplite", "sctp", "mptcp"; another protocol by its number: "ip-47".
[[nodiscard]] std::string transport_name(std::uint16_t protocol, Family family);
/// The IPPROTO number of a transport's name ("tcp", "ip-47"); null for an unknown word. "vsock" is a family.
[[nodiscard]] std::optional<std::uint16_t> protocol_of(std::string_view transport);

/// "EADDRINUSE"; "errno 4242" for a number that has no name.
[[nodiscard]] std::string errno_name(std::uint32_t error);
/// "Address already in use": glibc's words, never translated.
[[nodiscard]] std::string errno_message(std::uint32_t error);

/// "stream", "dgram", "seqpacket", else the number.
[[nodiscard]] std::string socket_type_name(std::uint16_t type);

/// A container's id that a program made up, of hex digits, so that people shorten it; else it is a name
/// (LXC).
[[nodiscard]] bool is_generated_id(std::string_view container_id);

/// RFC 5952 for IPv6, dotted quad for IPv4, the CID (four bytes, network byte order) for vsock.
[[nodiscard]] std::string to_string(const Address& address);
[[nodiscard]] Scope scope_of(const Address& address);
/// The IPv4 address inside an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2); null for any other.
[[nodiscard]] std::optional<Address> mapped_ipv4(const Address& address);

} // namespace bindwatch
