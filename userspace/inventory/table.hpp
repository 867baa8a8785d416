// SPDX-License-Identifier: Apache-2.0
/// What exists, as a table for a person.
#pragma once

#include "config/config.hpp"
#include "inventory/inventory.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace bindwatch {

struct TableOptions {
    std::size_t width = 0; ///< cells of the terminal; 0: unlimited
    bool color = false;
    bool tree = false;           ///< every process and descriptor, below its socket
    std::uint32_t own_netns = 0; ///< sockets in another are marked
};

/// "nginx[88] +3": who has it and how many more do, or in brackets why nobody does. The comm gives way beyond
/// `width` cells, never the pid.
[[nodiscard]] std::string process_cell(const Event& event, std::size_t width);

/// Puts sockets into the order that `list --by` asks for; those of one group stay in the order of their
/// ports.
void sort_by(Grouping by, std::vector<FoundSocket>& sockets);

/// A header, then a line for each socket. The columns are as wide as what they hold; those that would be
/// empty are left out. Beyond `width` the last column gives way, then the address. No byte of another
/// program's acts on a terminal.
[[nodiscard]] std::string inventory_table(std::span<const FoundSocket> sockets, const TableOptions& options);

} // namespace bindwatch
