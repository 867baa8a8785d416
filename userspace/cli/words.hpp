// SPDX-License-Identifier: Apache-2.0
/// The user's own words inside a message.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bindwatch {

/// `'word'`, fit for one line of a terminal: printable() and not too long.
[[nodiscard]] std::string in_quotes(std::string_view word);

/// The candidate that a mistyped word most likely stands for (fewest edits, a swap of neighbours being one;
/// case does not count); null when none is near.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

} // namespace bindwatch
