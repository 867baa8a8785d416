// SPDX-License-Identifier: Apache-2.0
#include "sinks/printable.hpp"

#include "sinks/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace bindwatch {
namespace {

constexpr std::string_view ellipsis = "…";

void append_hex(std::string& out, std::uint32_t number, std::size_t digits) {
    std::array<char, 8> text{};
    const char* const end = std::to_chars(text.data(), text.data() + text.size(), number, 16).ptr;
    const std::string_view hex{text.data(), end};
    out.append(digits > hex.size() ? digits - hex.size() : 0, '0').append(hex);
}

void append_bytes(std::string& out, std::string_view bytes) {
    for (const char byte : bytes) {
        out.append("\\x");
        append_hex(out, static_cast<unsigned char>(byte), 2);
    }
}

void append_escaped(std::string& out, std::uint32_t code_point) {
    if (code_point == '\n') {
        out.append("\\n");
    } else if (code_point == '\t') {
        out.append("\\t");
    } else if (code_point < 0x80) {
        out.append("\\x");
        append_hex(out, code_point, 2);
    } else {
        out.append("\\u{");
        append_hex(out, code_point, 0);
        out += '}';
    }
}

/// How many bytes of printable ASCII the text begins with: mostly all, and each is a character of one cell.
std::size_t plain_run(std::string_view text) {
    const auto* const end = std::ranges::find_if(text, [](char c) { return c < ' ' || c > '~'; });
    return static_cast<std::size_t>(end - text.begin());
}

/// The longest prefix that takes at most `limit` cells, with its combining marks.
std::string_view prefix_of(std::string_view text, std::size_t limit) {
    std::size_t at = 0;
    for (std::size_t used = 0; at < text.size();) {
        const CodePoint next = next_code_point(text.substr(at));
        used += display_width(next.value);
        if (used > limit) {
            break;
        }
        at += next.bytes;
    }
    return text.substr(0, at);
}

/// The longest suffix that takes at most `limit` cells and begins with a base character.
std::string_view suffix_of(std::string_view text, std::size_t limit) {
    std::size_t rest = cells(text);
    std::size_t at = 0;
    while (at < text.size()) {
        const CodePoint next = next_code_point(text.substr(at));
        const unsigned width = display_width(next.value);
        if (rest <= limit && width != 0) {
            break;
        }
        rest -= width;
        at += next.bytes;
    }
    return text.substr(at);
}

} // namespace

void append_printable(std::string& out, std::string_view bytes) {
    bool has_base = false;
    for (;;) {
        const std::size_t plain = plain_run(bytes);
        out.append(bytes.substr(0, plain));
        bytes.remove_prefix(plain);
        if (bytes.empty()) {
            return;
        }
        has_base = has_base || plain > 0;
        const CodePoint next = next_code_point(bytes);
        if (next.value == CodePoint::invalid) {
            append_bytes(out, bytes.substr(0, next.bytes));
        } else if (acts_on_terminal(next.value) || (!has_base && display_width(next.value) == 0)) {
            append_escaped(out, next.value);
        } else {
            out.append(bytes.substr(0, next.bytes));
        }
        has_base = true;
        bytes.remove_prefix(next.bytes);
    }
}

std::string printable(std::string_view bytes) {
    std::string out;
    append_printable(out, bytes);
    return out;
}

std::string printable_argument(std::string_view bytes) {
    if (!bytes.empty() && bytes.find_first_of(" \t\n'\"\\$`;&|<>()*?#") == std::string_view::npos) {
        return printable(bytes);
    }
    std::string out = "'";
    for (const char c : printable(bytes)) {
        if (c == '\'') {
            out.append(R"('\'')");
        } else {
            out += c;
        }
    }
    out += '\'';
    return out;
}

std::size_t cells(std::string_view text) {
    std::size_t sum = 0;
    for (;;) {
        const std::size_t plain = plain_run(text);
        sum += plain;
        text.remove_prefix(plain);
        if (text.empty()) {
            return sum;
        }
        const CodePoint next = next_code_point(text);
        sum += display_width(next.value);
        text.remove_prefix(next.bytes);
    }
}

std::string shortened(std::string_view text, std::size_t limit, Cut cut) {
    if (cells(text) <= limit) {
        return std::string(text);
    }
    const std::size_t kept = limit - 1;
    const std::size_t tail = cut == Cut::middle ? kept / 2 : 0;
    std::string out(prefix_of(text, kept - tail));
    out.append(ellipsis).append(suffix_of(text, tail));
    return out;
}

std::size_t line_end(std::string_view text, std::size_t width) {
    if (cells(text) <= width) {
        return text.size();
    }
    const std::size_t fits = shortened(text, width).size() - ellipsis.size();
    const std::size_t space = text.substr(0, fits + 1).rfind(' ');
    return space == std::string_view::npos || space == 0 ? fits : space;
}

} // namespace bindwatch
