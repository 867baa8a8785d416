// SPDX-License-Identifier: Apache-2.0
/// How wide the columns of the text output are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace bindwatch::text {

enum class Column : std::uint8_t { time, event, port, address, process, user, what };
inline constexpr std::size_t columns = 7;

struct Layout {
    std::array<std::size_t, columns> widths{};
    std::size_t gap = 2;

    [[nodiscard]] std::size_t width_of(Column column) const {
        return widths[static_cast<std::size_t>(
            column)]; // NOLINT(*-constant-array-index): an enum of the columns
    }
};

/// What fits `terminal_width` cells; from 64 on, a line is never wider. 0 is unlimited: every column holds
/// the longest value that the kernel can name, and the last has no end.
[[nodiscard]] Layout layout_for(std::size_t terminal_width);

} // namespace bindwatch::text
