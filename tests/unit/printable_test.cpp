// SPDX-License-Identifier: Apache-2.0
#include "sinks/printable.hpp"
#include "sinks/utf8.hpp"
#include "support/sample_events.hpp"

#include <gtest/gtest.h>

namespace bindwatch {
namespace {

TEST(Printable, ShowsWhatWouldAct) {
    EXPECT_EQ(printable("nginx: worker \\ \"x\""), "nginx: worker \\ \"x\"");
    EXPECT_EQ(printable("a\nb\tc\rd"), R"(a\nb\tc\x0dd)");
    EXPECT_EQ(printable("\x1b[31m\x07\x7f"), R"(\x1b[31m\x07\x7f)");
    EXPECT_EQ(printable("\xC2\x9B"
                        "2J"),
              R"(\u{9b}2J)");
    EXPECT_EQ(printable("\xE2\x80\xAE"
                        "x\xE2\x81\xA6"),
              R"(\u{202e}x\u{2066})");
    EXPECT_EQ(printable("\xE2\x80\x8B\xE2\x80\xA8"), R"(\u{200b}\u{2028})");
    EXPECT_EQ(printable("\xFF"
                        "a\xE2\x82"),
              R"(\xffa\xe2\x82)");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), R"(a\x00b)");
}

TEST(Printable, KeepsOtherScripts) {
    EXPECT_EQ(printable("caf\xC3\xA9 \xE4\xB8\xAD\xE6\x96\x87"), "caf\xC3\xA9 \xE4\xB8\xAD\xE6\x96\x87");
    EXPECT_EQ(printable("e\xCC\x81"), "e\xCC\x81");
}

TEST(Printable, LetsNoMarkCombineWithWhatStandsBefore) {
    EXPECT_EQ(printable("\xCC\x81"
                        "a"),
              R"(\u{301}a)");
}

TEST(Printable, LeavesNothingThatActs) {
    for (const sample::Hostile& hostile : sample::hostile_strings()) {
        for (const std::string& text : {printable(hostile.bytes), printable_argument(hostile.bytes)}) {
            for (std::string_view rest = text; !rest.empty();) {
                const CodePoint next = next_code_point(rest);
                ASSERT_NE(next.value, CodePoint::invalid) << text;
                ASSERT_FALSE(acts_on_terminal(next.value)) << text;
                rest.remove_prefix(next.bytes);
            }
        }
    }
}

TEST(Printable, QuotesAnArgumentThatWouldBeTwo) {
    EXPECT_EQ(printable_argument("--port=80"), "--port=80");
    EXPECT_EQ(printable_argument(""), "''");
    EXPECT_EQ(printable_argument("nc -l 1683"), "'nc -l 1683'");
    EXPECT_EQ(printable_argument("it's"), R"('it'\''s')");
}

TEST(Printable, CountsCells) {
    EXPECT_EQ(cells(""), 0U);
    EXPECT_EQ(cells("abc"), 3U);
    EXPECT_EQ(cells("\xE4\xB8\xAD\xE6\x96\x87"), 4U);
    EXPECT_EQ(cells("e\xCC\x81"), 1U);
    EXPECT_EQ(cells("…·"), 2U);
}

TEST(Printable, ShortensToCells) {
    EXPECT_EQ(shortened("abcdef", 6), "abcdef");
    EXPECT_EQ(shortened("abcdefg", 6), "abcde…");
    EXPECT_EQ(shortened("abcdefg", 5, Cut::middle), "ab…fg");
    EXPECT_EQ(shortened("abcdefg", 6, Cut::middle), "abc…fg");
    EXPECT_EQ(shortened("abc", 1), "…");
    // A wide character that does not fit whole is left out; a mark stays with its letter.
    EXPECT_EQ(shortened("\xE4\xB8\xAD\xE6\x96\x87\xE4\xB8\xAD", 4), "\xE4\xB8\xAD…");
    EXPECT_EQ(shortened("e\xCC\x81"
                        "abc",
                        2),
              "e\xCC\x81…");
    EXPECT_EQ(shortened("abcde\xCC\x81"
                        "f",
                        5, Cut::middle),
              "ab…e\xCC\x81"
              "f");
    for (const sample::Hostile& hostile : sample::hostile_strings()) {
        const std::string text = printable(hostile.bytes + hostile.bytes);
        for (std::size_t limit = 1; limit < 20; ++limit) {
            EXPECT_LE(cells(shortened(text, limit)), limit);
            EXPECT_LE(cells(shortened(text, limit, Cut::middle)), limit);
        }
    }
}

} // namespace
} // namespace bindwatch
