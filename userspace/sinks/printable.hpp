// SPDX-License-Identifier: Apache-2.0
/// Text for a person's terminal: whatever another program put into it, it can only be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bindwatch {

/// Appends `bytes` so that nothing in them acts on a terminal: a newline as `\n`, a tab as `\t`, another byte
/// that is a control or no valid UTF-8 as `\x1b`, another code point of acts_on_terminal() as `\u{202e}`, and
/// so a combining mark that has nothing before it to combine with. Printable text stays as it is, backslashes
/// too.
void append_printable(std::string& out, std::string_view bytes);
[[nodiscard]] std::string printable(std::string_view bytes);

/// Like printable(), and quoted as a shell would want it where a space or a quote would make it ambiguous.
[[nodiscard]] std::string printable_argument(std::string_view bytes);

/// Cells that printable text takes.
[[nodiscard]] std::size_t cells(std::string_view text);

/// Which part of a text that is too long gives way to `…`.
enum class Cut : std::uint8_t { end, middle };

/// At most `limit` cells of printable text, which must be at least 1.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t limit, Cut cut = Cut::end);

/// Where to end a line of at most `width` (at least 2) cells of printable text: after the last space that
/// fits, else in the middle of a word.
[[nodiscard]] std::size_t line_end(std::string_view text, std::size_t width);

} // namespace bindwatch
