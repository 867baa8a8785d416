// SPDX-License-Identifier: Apache-2.0
/// IANA's Service Name and Transport Protocol Port Number Registry (RFC 6335), embedded at build time from
/// ports/*.csv. Pure: no files, no allocation on the path of an event.
#pragma once

#include <bindwatch/event.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace bindwatch::ports {

/// system 0-1023, user 1024-49151, dynamic 49152-65535 (RFC 6335 section 6).
[[nodiscard]] Tier tier_of(std::uint16_t port);

/// What the registry, corrected by ports/overrides.csv, says of a port on a transport (IPPROTO number).
/// UDP-Lite is looked up as UDP (RFC 3828 section 6.1) and MPTCP as TCP (RFC 8684). Null for a transport
/// without a registry and for a port above 65535. O(1): called for every event.
[[nodiscard]] std::optional<PortInfo> classify(std::uint32_t port, std::uint16_t protocol);

/// "2026-08-17"
[[nodiscard]] std::string_view registry_date();

/// The transports that have a registry of their own: TCP, UDP, SCTP, DCCP, as IPPROTO numbers, in this order.
inline constexpr std::array<std::uint16_t, 4> registry_protocols{6, 17, 132, 33};

/// What IANA's copy itself says, before overrides.
enum class RegistryStatus : std::uint8_t {
    assigned,
    unassigned,
    reserved,
    withdrawn, ///< assigned once and taken back; classify() says reserved
    absent,    ///< in no row; classify() says unassigned
    dynamic,   ///< above 49151, where nothing is assigned
};

/// One row of the registry, as IANA writes it. The views live for ever; an empty one is an empty field.
struct RegistryRow {
    std::uint16_t first_port = 0; ///< differs from last_port when the row is about a range
    std::uint16_t last_port = 0;
    std::string_view service;
    std::string_view description;
    std::string_view assignee; ///< "[Tom_Lane]"
    std::string_view contact;
    std::string_view registered; ///< "2018-07-06", of old rows "2002-02"
    std::string_view modified;
    std::string_view reference; ///< "[RFC4727][RFC6335]"
    std::string_view service_code;
    std::string_view unauthorized_use;
    std::string_view notes; ///< may have several lines
    bool alias = false;     ///< the row itself says that it is another name of one listed beside it
};

/// All there is to say about a port and transport.
struct Details {
    PortInfo info; ///< the same as classify()
    RegistryStatus registry_status = RegistryStatus::absent;
    std::string_view override_reason; ///< empty: ports/overrides.csv has nothing on it
    std::string_view override_source;
    std::vector<RegistryRow> rows; ///< the one that classify() names first, aliases last
};

/// Null where classify() is null. Allocates: not for the path of an event.
[[nodiscard]] std::optional<Details> details(std::uint32_t port, std::uint16_t protocol);

} // namespace bindwatch::ports
