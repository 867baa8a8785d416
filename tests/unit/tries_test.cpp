// SPDX-License-Identifier: Apache-2.0
#include "inventory/tries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace bindwatch {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t day_ns = std::int64_t{20'000} * 86'400 * second_ns;

Event failed(std::uint32_t pid, const std::string& comm, std::int64_t second) {
    Event event;
    event.time_ns = day_ns + second * second_ns;
    event.error = EADDRINUSE;
    event.process = Process{.pid = pid, .comm = comm, .start_time_ns = day_ns};
    return event;
}

TEST(Tries, NobodyIsNothing) {
    Tries tries;
    EXPECT_TRUE(tries.empty());
    EXPECT_EQ(tries.text(Clock::utc), "");
    Event success = failed(88, "nginx", 1);
    success.error = 0;
    tries.add(success);
    EXPECT_TRUE(tries.empty()) << "it got the port";
}

TEST(Tries, AreCountedByProcessAndTheLatestComesFirst) {
    Tries tries;
    tries.add(failed(90, "python3", 3));
    EXPECT_EQ(tries.text(Clock::utc), "1 process tried in vain: python3[90] at 00:00:03.000");
    for (const std::int64_t second : {1, 5, 9}) {
        tries.add(failed(88, "nginx", second));
    }
    EXPECT_EQ(tries.text(Clock::utc), "2 processes tried in vain: nginx[88] 3 times, last at 00:00:09.000; "
                                      "python3[90] at 00:00:03.000");
}

TEST(Tries, APidThatIsAnothersLaterIsAnotherProcess) {
    Tries tries;
    tries.add(failed(88, "a", 1));
    Event later = failed(88, "b", 2);
    later.process->start_time_ns += second_ns;
    tries.add(later);
    EXPECT_THAT(tries.text(Clock::utc),
                StartsWith("2 processes tried in vain: b[88] at 00:00:02.000; a[88] at"));
}

TEST(Tries, OfManyFiveAreNamedAndTheRestIsCounted) {
    Tries tries;
    for (std::uint32_t pid = 1; pid <= 64; ++pid) {
        tries.add(failed(pid, "p", pid));
    }
    EXPECT_THAT(tries.text(Clock::utc), StartsWith("64 processes tried in vain: p[64] at "));
    EXPECT_THAT(tries.text(Clock::utc), HasSubstr("p[60] at 00:01:00.000; and 59 more"));
    tries.add(failed(65, "p", 65));
    EXPECT_THAT(tries.text(Clock::utc), StartsWith("more than 64 processes tried in vain: "));
    EXPECT_THAT(tries.text(Clock::utc), HasSubstr("; and many more"));
}

TEST(Tries, NoByteOfANameActsOnATerminal) {
    Tries tries;
    tries.add(failed(1, "a\033[2J\n", 1));
    EXPECT_THAT(tries.text(Clock::utc), Not(HasSubstr("\033")));
    EXPECT_THAT(tries.text(Clock::utc), Not(HasSubstr("\n")));
}

} // namespace
} // namespace bindwatch
