// SPDX-License-Identifier: Apache-2.0
/// IANA's Service Name and Transport Protocol Port Number Registry (RFC 6335), embedded at build time from
/// ports/*.csv. Pure: no files, no allocation on the path of an event.
#pragma once

#include <bindwatch/event.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace bindwatch::ports {

/// system 0-1023, user 1024-49151, dynamic 49152-65535 (RFC 6335 section 6).
[[nodiscard]] Tier tier_of(std::uint16_t port);

/// What the registry, corrected by ports/overrides.csv, says of a port on a transport (IPPROTO number). UDP-Lite
/// is looked up as UDP (RFC 3828 section 6.1) and MPTCP as TCP (RFC 8684). Null for a transport without a registry.
/// O(1): called for every event.
[[nodiscard]] std::optional<PortInfo> classify(std::uint32_t port, std::uint16_t protocol);

/// "2026-08-17"
[[nodiscard]] std::string_view registry_date();

} // namespace bindwatch::ports
