// SPDX-License-Identifier: Apache-2.0
/// The shapes of the generated tables. tools/registry/emit.py writes them, registry.cpp reads them.
#pragma once

#include "ports/registry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bindwatch::ports {

/// A piece of the string pool: offset in the low 20 bits, length in the high 12. 0 is the empty string.
using StringRef = std::uint32_t;
inline constexpr unsigned string_offset_bits = 20;

inline constexpr std::size_t page_ports = 64;
inline constexpr std::size_t assignable_ports = 49152;

/// RegistryRow in small.
struct TableRow {
    StringRef service;
    StringRef description;
    StringRef assignee;
    StringRef contact;
    StringRef registered;
    StringRef modified;
    StringRef reference;
    StringRef service_code;
    StringRef unauthorized_use;
    StringRef notes;
    std::uint16_t first_port;
    std::uint16_t last_port;
    std::uint8_t alias;
};

/// The answer for one or many (port, transport).
struct TableEntry {
    StringRef service;
    StringRef description;
    StringRef listed_as;
    StringRef note;
    std::uint16_t list; ///< where its row numbers begin in row_lists
    std::uint8_t rows;  ///< how many
    Status status;
    RegistryStatus registry_status;
    std::uint8_t fix; ///< 0: none; else 1 + the number of the row of ports/overrides.csv
};

/// A row of ports/overrides.csv.
struct TableFix {
    StringRef reason;
    StringRef source;
};

/// Entry numbers of 64 ports. Most of the registry is alike, so that pages are shared.
struct TablePage {
    std::array<std::uint16_t, page_ports> entries;
};

/// Page numbers of one transport.
struct TableIndex {
    std::array<std::uint16_t, assignable_ports / page_ports> pages;
};

} // namespace bindwatch::ports
