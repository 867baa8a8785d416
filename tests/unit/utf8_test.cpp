// SPDX-License-Identifier: Apache-2.0
#include "sinks/plain_ascii.hpp"
#include "sinks/utf8.hpp"
#include "support/sample_events.hpp"

#include <gtest/gtest.h>

namespace bindwatch {
namespace {

std::string valid(std::string_view bytes) {
    std::string out;
    append_valid_utf8(out, bytes);
    return out;
}

/// U+FFFD this many times.
std::string replaced(std::size_t times) {
    std::string out;
    while (times-- > 0) {
        out += "\xEF\xBF\xBD";
    }
    return out;
}

TEST(Utf8, KeepsWhatIsValid) {
    for (const std::string_view text :
         {"", "plain", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
          "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_EQ(valid(text), text);
    }
}

// Unicode 15, section 3.9, tables 3-8 to 3-11.
TEST(Utf8, ReplacesEachMaximalSubpart) {
    EXPECT_EQ(valid("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82"
                    "A"),
              replaced(8) + "A");
    EXPECT_EQ(valid("\xED\xA0\x80\xED\xBF\xBF\xED\xAF"
                    "A"),
              replaced(8) + "A");
    EXPECT_EQ(valid("\xF4\x91\x92\x93\xFF"
                    "A\x80\xBF"
                    "B"),
              replaced(5) + "A" + replaced(2) + "B");
    EXPECT_EQ(valid("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF"
                    "A"),
              replaced(4) + "A");
}

TEST(Utf8, AppendsAndKeepsWhatIsAround) {
    std::string out = "x";
    append_valid_utf8(out, "a\xFF"
                           "b\xE2\x82");
    EXPECT_EQ(out, "xa" + replaced(1) + "b" + replaced(1));
    for (const sample::Hostile& hostile : sample::hostile_strings()) {
        EXPECT_EQ(valid(hostile.bytes), hostile.valid_utf8);
    }
}

TEST(Utf8, DecodesEveryScalarValue) {
    for (std::uint32_t value = 0x80; value < 0x110000; value += 0x1F) {
        if (value >= 0xD800 && value < 0xE000) {
            continue;
        }
        std::string text;
        if (value < 0x800) {
            text += static_cast<char>(0xC0U | value >> 6U);
        } else if (value < 0x10000) {
            text += static_cast<char>(0xE0U | value >> 12U);
            text += static_cast<char>(0x80U | (value >> 6U & 0x3FU));
        } else {
            text += static_cast<char>(0xF0U | value >> 18U);
            text += static_cast<char>(0x80U | (value >> 12U & 0x3FU));
            text += static_cast<char>(0x80U | (value >> 6U & 0x3FU));
        }
        text += static_cast<char>(0x80U | (value & 0x3FU));
        const CodePoint next = next_code_point(text);
        ASSERT_EQ(next.value, value);
        ASSERT_EQ(next.bytes, text.size());
        ASSERT_EQ(next_code_point(std::string_view(text).substr(0, text.size() - 1)).value,
                  CodePoint::invalid);
    }
}

TEST(PlainAscii, FindsEachSpecialByteAtEachPlace) {
    for (std::size_t size = 1; size <= 40; ++size) {
        for (std::size_t at = 0; at < size; ++at) {
            for (unsigned byte = 0; byte < 256; ++byte) {
                std::string text(size, '~');
                text[at] = static_cast<char>(byte);
                const bool plain = byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
                ASSERT_EQ(all_plain(text), plain) << size << ' ' << at << ' ' << byte;
                ASSERT_EQ(plain_prefix(text), plain ? size : at) << size << ' ' << at << ' ' << byte;
            }
        }
    }
    EXPECT_TRUE(all_plain(""));
    EXPECT_EQ(plain_prefix(""), 0U);
}

TEST(Utf8, KnowsWhatActsOnATerminal) {
    for (const std::uint32_t point :
         {0x00U,   0x07U,   0x1BU,   0x7FU,   0x80U,   0x9BU,   0xADU,    0x61CU,   0x200BU,
          0x200DU, 0x200EU, 0x200FU, 0x2028U, 0x2029U, 0x202AU, 0x202EU,  0x2060U,  0x2066U,
          0x2069U, 0x3164U, 0xFE0FU, 0xFEFFU, 0xE000U, 0xFFFFU, 0xE0061U, 0x10FFFFU}) {
        EXPECT_TRUE(acts_on_terminal(point)) << std::hex << point;
    }
    for (const std::uint32_t point : {0x20U, 0x7EU, 0xA0U, 0xE9U, 0x301U, 0x2026U, 0x4E2DU, 0x1F600U}) {
        EXPECT_FALSE(acts_on_terminal(point)) << std::hex << point;
    }
}

TEST(Utf8, KnowsTheWidthOnATerminal) {
    EXPECT_EQ(display_width('a'), 1U);
    EXPECT_EQ(display_width(0xE9), 1U);
    EXPECT_EQ(display_width(0x301), 0U);
    EXPECT_EQ(display_width(0x4E2D), 2U);
    EXPECT_EQ(display_width(0xFF21), 2U);
    EXPECT_EQ(display_width(0x1F600), 2U);
}

} // namespace
} // namespace bindwatch
