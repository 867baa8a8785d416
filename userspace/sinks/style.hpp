// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bindwatch {

enum class Style : std::uint8_t { plain, dim, bold, green, cyan, yellow, red };

/// Appends printable text, between the escape sequences of its style if there is to be colour.
void append_styled(std::string& out, std::string_view text, Style style, bool color);

} // namespace bindwatch
