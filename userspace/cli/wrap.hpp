// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bindwatch {

/// Appends `text` broken at spaces so that no line is wider than `width` columns (UTF-8 code points; a longer
/// word stands alone), each line ended by '\n'. The first line begins with `head`, the others with as many
/// spaces. A line break in `text` is a space.
void append_wrapped(std::string& out, std::string_view head, std::string_view text, std::size_t width);

/// Columns of well-formed UTF-8 without wide or combining characters: its code points.
[[nodiscard]] std::size_t columns_of(std::string_view text);

} // namespace bindwatch
