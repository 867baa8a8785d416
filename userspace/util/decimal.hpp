// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <concepts>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>

namespace bindwatch {

/// The number that `word` is, all of it: digits only, no sign, space or exponent. Null also for one that does
/// not fit.
template <std::unsigned_integral Number>
[[nodiscard]] std::optional<Number> parse_digits(std::string_view word, int base = 10) {
    Number number = 0;
    const char* const end = std::to_address(word.end());
    const auto [stop, error] = std::from_chars(std::to_address(word.begin()), end, number, base);
    if (error != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return number;
}

} // namespace bindwatch
