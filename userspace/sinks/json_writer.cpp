// SPDX-License-Identifier: Apache-2.0
#include "sinks/json_writer.hpp"

#include "sinks/utf8.hpp"

#include <algorithm>
#include <array>

namespace bindwatch {
namespace {

void append_unit(LineBuffer& line, std::uint32_t unit) {
    constexpr std::string_view hex = "0123456789abcdef";
    const std::array<char, 6> text{'\\',
                                   'u',
                                   hex[(unit >> 12U) & 0xFU],
                                   hex[(unit >> 8U) & 0xFU],
                                   hex[(unit >> 4U) & 0xFU],
                                   hex[unit & 0xFU]};
    line.append({text.data(), text.size()});
}

/// RFC 8259 section 7: beyond the basic plane an escape is a surrogate pair.
void append_escape(LineBuffer& line, std::uint32_t code_point) {
    if (code_point < 0x10000) {
        append_unit(line, code_point);
        return;
    }
    append_unit(line, 0xD800U + ((code_point - 0x10000U) >> 10U));
    append_unit(line, 0xDC00U + ((code_point - 0x10000U) & 0x3FFU));
}

} // namespace

void LineBuffer::grow(std::size_t bytes) {
    const std::size_t used = view().size();
    const std::size_t size = std::max(2 * used, used + bytes);
    auto memory = std::make_unique_for_overwrite<char[]>(size); // NOLINT(modernize-avoid-c-arrays)
    if (used != 0) {
        std::memcpy(memory.get(), memory_.get(), used);
    }
    memory_ = std::move(memory);
    cursor_ = memory_.get() + used;
    end_ = memory_.get() + size;
}

void JsonWriter::escaped(std::string_view text) {
    Prefix(rapidjson::kStringType);
    line_.Put('"');
    while (!text.empty()) {
        const std::size_t plain = plain_prefix(text);
        line_.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) {
            break;
        }
        const CodePoint next = next_code_point(text);
        if (next.value == CodePoint::invalid) {
            line_.append("\xEF\xBF\xBD");
        } else if (next.value == '"' || next.value == '\\') {
            line_.Put('\\');
            line_.Put(static_cast<char>(next.value));
        } else if (next.value == '\n') {
            line_.append("\\n");
        } else if (next.value == '\t') {
            line_.append("\\t");
        } else if (acts_on_terminal(next.value)) {
            append_escape(line_, next.value);
        } else {
            line_.append(text.substr(0, next.bytes));
        }
        text.remove_prefix(next.bytes);
    }
    line_.Put('"');
}

} // namespace bindwatch
