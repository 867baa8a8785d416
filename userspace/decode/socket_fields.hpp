// SPDX-License-Identifier: Apache-2.0
/// What records and snapshot rows have in common -> the fields of an Event.
#pragma once

#include <bindwatch/event.hpp>
#include <bindwatch/event_abi.h>

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace bindwatch {

/// Up to its NUL. Valid as long as `comm`.
[[nodiscard]] std::string_view comm_of(std::span<const std::uint8_t, BW_COMM_LEN> comm);

/// AF_INET, AF_INET6, AF_VSOCK; the error names any other.
[[nodiscard]] std::expected<Family, std::string> family_of(std::uint16_t family);

[[nodiscard]] Address address_of(Family family, std::span<const std::uint8_t, 16> bytes);

/// event.socket. Needs event.family. `listening`: a backlog of 0 is one.
void fill_socket(const bw_socket& from, bool listening, Event& event);

} // namespace bindwatch
