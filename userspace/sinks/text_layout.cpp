// SPDX-License-Identifier: Apache-2.0
#include "sinks/text_layout.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace bindwatch::text {
namespace {

struct Step {
    Column column;
    std::size_t width;
};

/// 80 cells with gaps of one: HH:MM:SS.mmm, release, 65535/tcp, 192.168.1.100, python3[2608], root, the last
/// title.
constexpr std::array<std::size_t, columns> narrow{12, 7, 9, 13, 13, 4, 16};

/// What more room is spent on, in this order.
constexpr std::array widening{Step{Column::address, 15}, Step{Column::user, 8},     Step{Column::process, 18},
                              Step{Column::what, 31},    Step{Column::process, 24}, Step{Column::port, 13},
                              Step{Column::address, 39}, Step{Column::user, 16}};

/// Where room comes from below 80 cells.
constexpr std::array narrowing{Step{Column::what, 8}, Step{Column::address, 9}, Step{Column::process, 9}};

std::size_t& width_in(Layout& layout, Column column) {
    return layout
        .widths[static_cast<std::size_t>(column)]; // NOLINT(*-constant-array-index): an enum of the columns
}

std::size_t total(const Layout& layout) {
    return std::accumulate(layout.widths.begin(), layout.widths.end(), (columns - 1) * layout.gap);
}

} // namespace

Layout layout_for(std::size_t terminal_width) {
    Layout layout{.widths = narrow, .gap = 1};
    if (terminal_width == 0) {
        for (const Step& step : widening) {
            width_in(layout, step.column) = step.width;
        }
        width_in(layout, Column::what) = std::numeric_limits<std::size_t>::max();
        layout.gap = 2;
        return layout;
    }
    for (const Step& step : narrowing) {
        const std::size_t used = total(layout);
        const std::size_t missing = used > terminal_width ? used - terminal_width : 0;
        std::size_t& width = width_in(layout, step.column);
        width -= std::min(missing, width - step.width);
    }
    constexpr std::size_t wide_gaps = 90;
    if (terminal_width >= wide_gaps) {
        layout.gap = 2;
    }
    for (const Step& step : widening) {
        std::size_t& width = width_in(layout, step.column);
        const std::size_t used = total(layout);
        const std::size_t room = terminal_width > used ? terminal_width - used : 0;
        width += std::min(room, step.width - width);
    }
    const std::size_t used = total(layout);
    width_in(layout, Column::what) += terminal_width > used ? terminal_width - used : 0;
    return layout;
}

} // namespace bindwatch::text
