// SPDX-License-Identifier: Apache-2.0
#include "cli/wrap.hpp"

#include <gtest/gtest.h>

namespace bindwatch {
namespace {

std::string wrapped(std::string_view head, std::string_view text, std::size_t width) {
    std::string out;
    append_wrapped(out, head, text, width);
    return out;
}

TEST(Wrap, BreaksAtSpacesAndIndents) {
    EXPECT_EQ(wrapped("- ", "one two three", 9), "- one two\n  three\n");
    EXPECT_EQ(wrapped("", "exactly fits", 12), "exactly fits\n");
    EXPECT_EQ(wrapped("", "exactly fits", 11), "exactly\nfits\n");
}

TEST(Wrap, LineBreaksAreSpaces) {
    EXPECT_EQ(wrapped("", " one\n   two\t", 80), "one two\n");
}

TEST(Wrap, ALongWordStandsAlone) {
    EXPECT_EQ(wrapped("  ", "a incomprehensible b", 8), "  a\n  incomprehensible\n  b\n");
    EXPECT_EQ(wrapped("  ", "incomprehensible b", 8), "  incomprehensible\n  b\n");
}

TEST(Wrap, NothingIsTheHead) {
    EXPECT_EQ(wrapped("head", "", 80), "head\n");
}

TEST(Wrap, CountsCodePoints) {
    EXPECT_EQ(columns_of("FORT\u00c9"), 5U);
    EXPECT_EQ(wrapped("", "\u00c9\u00c9\u00c9 \u00c9\u00c9", 6), "\u00c9\u00c9\u00c9 \u00c9\u00c9\n");
}

} // namespace
} // namespace bindwatch
