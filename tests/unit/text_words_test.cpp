// SPDX-License-Identifier: Apache-2.0
#include "sinks/text_layout.hpp"
#include "sinks/text_words.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace bindwatch::text {
namespace {

TEST(TextWords, DurationsReadLikeSpeech) {
    EXPECT_EQ(duration(0), "0 ns");
    EXPECT_EQ(duration(999), "999 ns");
    EXPECT_EQ(duration(1'500), "1.5 µs");
    EXPECT_EQ(duration(12'345'678), "12 ms");
    EXPECT_EQ(duration(3'201'000'000), "3.2 s");
    EXPECT_EQ(duration(9'999'999'999), "9.9 s");
    EXPECT_EQ(duration(59'999'999'999), "59 s");
    EXPECT_EQ(duration(60'000'000'000), "1 min");
    EXPECT_EQ(duration(725'000'000'000), "12 min 5 s");
    EXPECT_EQ(duration(14'580'000'000'000), "4 h 3 min");
    EXPECT_EQ(duration(198'000'000'000'000), "2 d 7 h");
    EXPECT_EQ(duration(UINT64_MAX), "213503 d 23 h");
}

std::size_t total(const Layout& layout) {
    return std::accumulate(layout.widths.begin(), layout.widths.end(), (columns - 1) * layout.gap);
}

TEST(TextLayout, UsesTheWholeTerminal) {
    for (std::size_t width = 64; width < 300; ++width) {
        EXPECT_EQ(total(layout_for(width)), width);
    }
}

TEST(TextLayout, HasRoomForTheLastTitleFrom80On) {
    for (std::size_t width = 80; width < 300; ++width) {
        EXPECT_GE(layout_for(width).width_of(Column::what), 16U) << width;
    }
}

TEST(TextLayout, CutsNothingWithoutALimit) {
    const Layout layout = layout_for(0);
    EXPECT_GE(layout.width_of(Column::address),
              std::string_view("2001:db8:85a3:88d3:1319:8a2e:1370:7348").size());
    EXPECT_GE(layout.width_of(Column::process), std::string_view("fifteen-letters[4194304]").size());
    EXPECT_GE(layout.width_of(Column::port), std::string_view("65535/udplite").size());
}

} // namespace
} // namespace bindwatch::text
