// SPDX-License-Identifier: Apache-2.0
#include "sinks/local_time.hpp"
#include "sinks/utc_time.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <limits>

namespace bindwatch {
namespace {

TEST(UtcTime, WritesNineDigits) {
    UtcTime time;
    EXPECT_EQ(time.format(0), "1970-01-01T00:00:00.000000000Z");
    EXPECT_EQ(time.format(1'795'421'431'123'456'789), "2026-11-23T08:10:31.123456789Z");
    EXPECT_EQ(time.format(1'795'421'431'000'000'001), "2026-11-23T08:10:31.000000001Z");
    EXPECT_EQ(time.format(951'782'399'999'999'999), "2000-02-28T23:59:59.999999999Z");
    EXPECT_EQ(time.format(951'782'400'000'000'000), "2000-02-29T00:00:00.000000000Z");
}

TEST(UtcTime, TakesEveryValue) {
    UtcTime time;
    EXPECT_EQ(time.format(-1), "1969-12-31T23:59:59.999999999Z");
    EXPECT_EQ(time.format(std::numeric_limits<std::int64_t>::max()), "2262-04-11T23:47:16.854775807Z");
    EXPECT_EQ(time.format(std::numeric_limits<std::int64_t>::min()), "1677-09-21T00:12:43.145224192Z");
}

class LocalTime : public testing::Test {
  protected:
    void SetUp() override { set("XYZ-5:30"); } // POSIX: east of Greenwich is negative
    void TearDown() override {
        ::unsetenv("TZ");
        ::tzset();
    }
    static void set(const char* zone) {
        ::setenv("TZ", zone, 1);
        ::tzset();
    }
};

TEST_F(LocalTime, IsTheTimeOfDayInTheZone) {
    TimeOfDay local(Clock::local);
    EXPECT_EQ(local.format(1'795'421'431'123'999'999), "13:40:31.123");
    EXPECT_EQ(local.format(1'795'421'431'999'000'000), "13:40:31.999");
    EXPECT_EQ(local.format(1'795'421'432'000'000'000), "13:40:32.000");
    TimeOfDay utc(Clock::utc);
    EXPECT_EQ(utc.format(1'795'421'431'123'000'000), "08:10:31.123");
    EXPECT_EQ(utc.format(-1), "23:59:59.999");
}

} // namespace
} // namespace bindwatch
