// SPDX-License-Identifier: Apache-2.0
/// Bytes that other programs chose, made into text that is safe to hand on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bindwatch {

/// One step through bytes that claim to be UTF-8.
struct CodePoint {
    static constexpr std::uint32_t invalid = 0xFFFFFFFF;

    std::uint32_t value = invalid; ///< a Unicode scalar value, or `invalid`
    std::size_t bytes = 0;         ///< how many bytes it took; of an invalid sequence, the maximal subpart
};

/// Decodes the first code point of `text`, which must not be empty. An ill-formed sequence takes exactly the
/// bytes of its maximal subpart (Unicode 15 section 3.9, table 3-7; the WHATWG decoder does the same).
[[nodiscard]] CodePoint next_code_point(std::string_view text);

/// Whether a terminal might do something other than print it, or print nothing at all: controls (C0, DEL,
/// C1), line and paragraph separators, format characters (bidirectional overrides and isolates, zero-width
/// ones), surrogates, private use, unassigned and default-ignorable code points.
[[nodiscard]] bool acts_on_terminal(std::uint32_t code_point);

/// Cells of a terminal for a code point that does not act on it: 0 for a combining mark, 2 for East Asian
/// wide and fullwidth, else 1 (UAX #11). Does not depend on the locale.
[[nodiscard]] unsigned display_width(std::uint32_t code_point);

/// Appends `text` as valid UTF-8: each ill-formed maximal subpart becomes one U+FFFD.
void append_valid_utf8(std::string& out, std::string_view text);

} // namespace bindwatch
