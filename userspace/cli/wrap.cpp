// SPDX-License-Identifier: Apache-2.0
#include "cli/wrap.hpp"

#include <algorithm>

namespace bindwatch {
namespace {

constexpr std::string_view blank = " \n\t";

/// Takes the next word off the front of `text`; empty: there is none.
std::string_view next_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
    const std::string_view word = text.substr(0, text.find_first_of(blank));
    text.remove_prefix(word.size());
    return word;
}

} // namespace

std::size_t columns_of(std::string_view text) {
    // A continuation byte is 10xxxxxx.
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void append_wrapped(std::string& out, std::string_view head, std::string_view text, std::size_t width) {
    const std::size_t indent = columns_of(head);
    std::size_t column = indent;
    bool first = true;
    out += head;
    for (auto word = next_word(text); !word.empty(); word = next_word(text)) {
        const std::size_t columns = columns_of(word);
        if (!first && column + 1 + columns > width) {
            out += '\n';
            out.append(indent, ' ');
            column = indent;
            first = true;
        }
        if (!first) {
            out += ' ';
            ++column;
        }
        out += word;
        column += columns;
        first = false;
    }
    out += '\n';
}

} // namespace bindwatch
