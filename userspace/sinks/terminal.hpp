// SPDX-License-Identifier: Apache-2.0
/// What is known of the terminal behind a file descriptor.
#pragma once

#include "config/config.hpp"

#include <cstddef>

namespace bindwatch {

[[nodiscard]] bool is_terminal(int fd);

/// Cells in a line; 0 if `fd` is no terminal. A terminal that does not know its width (a serial line) has
/// $COLUMNS, else 80.
[[nodiscard]] std::size_t terminal_width(int fd);

/// --color; without it, colour is for a terminal, unless $NO_COLOR is set and not empty (no-color.org) or
/// $TERM is missing or "dumb".
[[nodiscard]] bool use_color(ColorMode mode, int fd);

} // namespace bindwatch
