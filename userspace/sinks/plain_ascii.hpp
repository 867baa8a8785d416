// SPDX-License-Identifier: Apache-2.0
/// The question that decides the speed of a line: is there anything in this string to look at more closely?
/// Inline, eight bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bindwatch {

/// Printable ASCII that needs no escape in JSON: 0x20 to 0x7E but `"` and `\`.
constexpr bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

namespace detail {

constexpr std::uint64_t each_byte = 0x0101010101010101;
constexpr std::uint64_t high_bits = 0x8080808080808080;

/// High bit set in some byte if any byte of `word` is zero; none if no byte is.
constexpr std::uint64_t zero_byte(std::uint64_t word) {
    return (word - each_byte) & ~word & high_bits;
}

/// Whether is_plain holds for each of the eight bytes.
constexpr bool plain_word(std::uint64_t word) {
    const std::uint64_t below_space = (word - each_byte * 0x20) & ~word;
    const std::uint64_t quote = zero_byte(word ^ (each_byte * '"'));
    const std::uint64_t backslash = zero_byte(word ^ (each_byte * '\\'));
    const std::uint64_t del = zero_byte(word ^ (each_byte * 0x7F));
    return ((word | below_space | quote | backslash | del) & high_bits) == 0;
}

template <typename Word>
Word load(const char* from) {
    Word word = 0;
    std::memcpy(&word, from, sizeof(word));
    return word;
}

} // namespace detail

/// Whether every byte is plain.
inline bool all_plain(std::string_view text) {
    constexpr std::size_t step = sizeof(std::uint64_t);
    const char* const data = text.data();
    const std::size_t size = text.size();
    if (size >= step) {
        for (std::size_t at = 0; at + step < size; at += step) {
            if (!detail::plain_word(detail::load<std::uint64_t>(data + at))) {
                return false;
            }
        }
        // The last word overlaps the one before it, so that no byte is left over.
        return detail::plain_word(detail::load<std::uint64_t>(data + size - step));
    }
    if (size >= step / 2) {
        const std::uint64_t first = detail::load<std::uint32_t>(data);
        const std::uint64_t last = detail::load<std::uint32_t>(data + size - step / 2);
        return detail::plain_word(first << 32U | last);
    }
    for (const char c : text) {
        if (!is_plain(c)) {
            return false;
        }
    }
    return true;
}

/// The number of leading bytes that are plain.
inline std::size_t plain_prefix(std::string_view text) {
    constexpr std::size_t step = sizeof(std::uint64_t);
    std::size_t at = 0;
    while (at + step <= text.size() && detail::plain_word(detail::load<std::uint64_t>(text.data() + at))) {
        at += step;
    }
    while (at < text.size() && is_plain(text[at])) {
        ++at;
    }
    return at;
}

} // namespace bindwatch
