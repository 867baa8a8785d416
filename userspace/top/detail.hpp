// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "top/rows.hpp"
#include "top/screen.hpp"
#include "top/view.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bindwatch::top {

/// All that is known of one claim or event, wrapped to `width` cells (at least 20). Pure.
[[nodiscard]] std::vector<Line> detail_lines(const View::Detail& detail, std::size_t width,
                                             const Surroundings& surroundings, std::int64_t now_ns);

/// Any printable text, wrapped at spaces; the lines after the first are indented by `indent` cells.
void append_wrapped(std::vector<Line>& lines, std::string_view text, Style style, std::size_t width,
                    std::size_t indent);

} // namespace bindwatch::top
