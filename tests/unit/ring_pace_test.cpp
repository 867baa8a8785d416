// SPDX-License-Identifier: Apache-2.0
#include "kernel/ring_pace.hpp"

#include <gtest/gtest.h>

namespace bindwatch {
namespace {

constexpr std::int64_t ms = 1'000'000;

TEST(RingPace, NothingWakesAnIdleReader) {
    RingPace pace;
    EXPECT_FALSE(pace.resting());
    EXPECT_EQ(pace.next_ns(), RingPace::never);
    EXPECT_FALSE(pace.rested(1000 * ms));
    EXPECT_FALSE(pace.settles(1000 * ms));
}

TEST(RingPace, ABatchIsFollowedByARestAndALookAtWhatWasLost) {
    RingPace pace;
    pace.note_batch(7, 10 * ms);
    EXPECT_TRUE(pace.resting());
    EXPECT_FALSE(pace.rested(10 * ms));
    EXPECT_EQ(pace.next_ns(), 11 * ms);
    EXPECT_TRUE(pace.rested(11 * ms));
    pace.note_batch(0, 11 * ms);
    EXPECT_FALSE(pace.resting());
    EXPECT_EQ(pace.next_ns(), 110 * ms);
    EXPECT_FALSE(pace.settles(109 * ms));
    EXPECT_TRUE(pace.settles(110 * ms));
    EXPECT_FALSE(pace.settles(111 * ms)) << "once";
    EXPECT_EQ(pace.next_ns(), RingPace::never);
}

TEST(RingPace, EachBatchPutsBothOff) {
    RingPace pace;
    pace.note_batch(1, 10 * ms);
    pace.note_batch(1, 50 * ms);
    EXPECT_EQ(pace.next_ns(), 51 * ms);
    EXPECT_FALSE(pace.settles(149 * ms));
    EXPECT_TRUE(pace.settles(150 * ms));
}

} // namespace
} // namespace bindwatch
