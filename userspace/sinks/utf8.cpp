// SPDX-License-Identifier: Apache-2.0
#include "sinks/utf8.hpp"

#include <utf8proc.h>

namespace bindwatch {
namespace {

/// What table 3-7 of the standard allows after a lead byte; a size of 0 is no lead byte.
struct Lead {
    std::size_t size = 0;
    std::uint8_t second_min = 0x80;
    std::uint8_t second_max = 0xBF;
    std::uint8_t mask = 0;
};

constexpr Lead lead_of(std::uint8_t byte) {
    if (byte >= 0xC2 && byte <= 0xDF) {
        return {.size = 2, .mask = 0x1F};
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        return {.size = 3,
                .second_min = static_cast<std::uint8_t>(byte == 0xE0 ? 0xA0 : 0x80),
                .second_max = static_cast<std::uint8_t>(byte == 0xED ? 0x9F : 0xBF),
                .mask = 0x0F};
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        return {.size = 4,
                .second_min = static_cast<std::uint8_t>(byte == 0xF0 ? 0x90 : 0x80),
                .second_max = static_cast<std::uint8_t>(byte == 0xF4 ? 0x8F : 0xBF),
                .mask = 0x07};
    }
    return {};
}

} // namespace

CodePoint next_code_point(std::string_view text) {
    const auto first = static_cast<std::uint8_t>(text.front());
    if (first < 0x80) {
        return {.value = first, .bytes = 1};
    }
    const Lead lead = lead_of(first);
    std::uint32_t value = first & lead.mask;
    std::size_t taken = 1;
    while (taken < lead.size) {
        const std::uint8_t min = taken == 1 ? lead.second_min : 0x80;
        const std::uint8_t max = taken == 1 ? lead.second_max : 0xBF;
        const auto byte = taken < text.size() ? static_cast<std::uint8_t>(text[taken]) : std::uint8_t{0};
        if (byte < min || byte > max) {
            return {.value = CodePoint::invalid, .bytes = taken};
        }
        value = (value << 6U) | (byte & 0x3FU);
        ++taken;
    }
    return {.value = lead.size == 0 ? CodePoint::invalid : value, .bytes = taken};
}

bool acts_on_terminal(std::uint32_t code_point) {
    if (code_point < 0x80) {
        return code_point < 0x20 || code_point == 0x7F;
    }
    const utf8proc_property_t* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point));
    switch (property->category) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return true;
    default: return property->ignorable != 0;
    }
}

unsigned display_width(std::uint32_t code_point) {
    if (code_point < 0x80) {
        return 1;
    }
    return static_cast<unsigned>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(code_point)));
}

void append_valid_utf8(std::string& out, std::string_view text) {
    std::size_t clean = 0;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint next = next_code_point(text.substr(at));
        if (next.value == CodePoint::invalid) {
            out.append(text.substr(clean, at - clean)).append("\xEF\xBF\xBD");
            clean = at + next.bytes;
        }
        at += next.bytes;
    }
    out.append(text.substr(clean));
}

} // namespace bindwatch
