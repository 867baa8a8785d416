// SPDX-License-Identifier: Apache-2.0
#include "cli/words.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace bindwatch {
namespace {

TEST(InQuotes, PlainWordsStayAsTheyAre) {
    EXPECT_EQ(in_quotes("80-20"), "'80-20'");
    EXPECT_EQ(in_quotes(""), "''");
    EXPECT_EQ(in_quotes("größe"), "'größe'");
}

TEST(InQuotes, NothingActsOnTheTerminal) {
    EXPECT_EQ(in_quotes("\x1b[2J"), "'\\x1b[2J'");
    EXPECT_EQ(in_quotes("a\nb\rc\td"), "'a\\nb\\x0dc\\td'");
    EXPECT_EQ(in_quotes("\xff\x9b"), "'\\xff\\x9b'");
    EXPECT_EQ(in_quotes("\xe2\x80\xae"), "'\\u{202e}'");
}

TEST(InQuotes, ALongWordIsCut) {
    const std::string text = in_quotes(std::string(100'000, 'a'));
    EXPECT_LT(text.size(), 100U);
    EXPECT_TRUE(text.ends_with("…'"));
}

constexpr std::array<std::string_view, 4> candidates{"--port", "--proto", "--exclude-port", "--json"};

TEST(Nearest, FindsTypingErrors) {
    EXPECT_EQ(nearest("--prot", candidates), "--proto");
    EXPECT_EQ(nearest("--prto", candidates), "--proto");
    EXPECT_EQ(nearest("--potr", candidates), "--port");
    EXPECT_EQ(nearest("--PORT", candidates), "--port");
    EXPECT_EQ(nearest("--jsn", candidates), "--json");
    EXPECT_EQ(nearest("--exclude-prot", candidates), "--exclude-port");
}

TEST(Nearest, KnowsWhenNothingIsNear) {
    EXPECT_EQ(nearest("list", candidates), std::nullopt);
    EXPECT_EQ(nearest("", candidates), std::nullopt);
    EXPECT_EQ(nearest("--metrics", candidates), std::nullopt);
    EXPECT_EQ(nearest(std::string(1U << 20U, '-'), candidates), std::nullopt);
    EXPECT_EQ(nearest("x", {}), std::nullopt);
}

} // namespace
} // namespace bindwatch
