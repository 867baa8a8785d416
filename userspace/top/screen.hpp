// SPDX-License-Identifier: Apache-2.0
/// What a terminal is to show, before any terminal has to do with it.
#pragma once

#include "sinks/style.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bindwatch::top {

struct Size {
    std::size_t width = 0;  ///< cells
    std::size_t height = 0; ///< lines

    friend bool operator==(const Size&, const Size&) = default;
};

struct Span {
    std::string text; ///< printable (sinks/printable.hpp)
    Style style = Style::plain;
    bool reversed = false;

    friend bool operator==(const Span&, const Span&) = default;
};

using Line = std::vector<Span>;

struct Cursor {
    std::size_t line = 0;
    std::size_t column = 0;
};

/// No more lines than the terminal has, none wider than it is.
struct Screen {
    std::vector<Line> lines;
    std::optional<Cursor> cursor; ///< null: not to be seen
};

/// The text of a line, without its looks.
[[nodiscard]] inline std::string text_of(const Line& line) {
    std::string out;
    for (const Span& span : line) {
        out += span.text;
    }
    return out;
}

} // namespace bindwatch::top
