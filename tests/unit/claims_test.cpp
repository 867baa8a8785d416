// SPDX-License-Identifier: Apache-2.0
#include "claims/claims.hpp"
#include "support/sample_events.hpp"

#include <gtest/gtest.h>

namespace bindwatch {
namespace {

constexpr Decoded complete{.complete = true};

Event bare(EventKind kind, std::uint64_t cookie) {
    Event event;
    event.kind = kind;
    event.socket.cookie = cookie;
    event.time_ns = 5'000;
    event.process.emplace().comm = "name only";
    return event;
}

Event bind_of(std::uint64_t cookie) {
    Event event = sample::bind_1683();
    event.socket.cookie = cookie;
    return event;
}

TEST(Claims, CompleteAListenAndARelease) {
    Claims claims;
    Event bind = bind_of(1);
    EXPECT_TRUE(claims.apply(complete, bind));
    EXPECT_EQ(claims.size(), 1U);

    Event listen = bare(EventKind::listen, 1);
    EXPECT_TRUE(claims.apply({}, listen));
    EXPECT_EQ(listen.process, bind.process);

    Event release = bare(EventKind::release, 1);
    EXPECT_TRUE(claims.apply({.bound_at_ns = 2'000}, release));
    EXPECT_EQ(release.process, bind.process);
    EXPECT_EQ(release.cgroup->path, bind.cgroup->path);
    EXPECT_EQ(release.held_ns, 3'000U);
    EXPECT_EQ(claims.size(), 0U);
}

TEST(Claims, AListenByAnotherProcessKeepsThatProcess) {
    Claims claims;
    Event bind = bind_of(1);
    claims.apply(complete, bind);
    Event listen = bare(EventKind::listen, 1);
    EXPECT_TRUE(claims.apply(complete, listen));
    EXPECT_EQ(listen.process->comm, "name only");
    Event release = bare(EventKind::release, 1);
    claims.apply({}, release);
    EXPECT_EQ(release.process, bind.process);
}

TEST(Claims, SayWhenTheBindWasLost) {
    Claims claims;
    Event listen = bare(EventKind::listen, 9);
    EXPECT_FALSE(claims.apply({}, listen));
    Event release = bare(EventKind::release, 9);
    EXPECT_FALSE(claims.apply({.bound_at_ns = 1'000}, release));
    EXPECT_EQ(release.process->comm, "name only");
    EXPECT_EQ(release.held_ns, 4'000U);
}

TEST(Claims, AFailedCallIsNone) {
    Claims claims;
    Event failed = sample::failed_bind();
    EXPECT_TRUE(claims.apply(complete, failed));
    EXPECT_EQ(claims.size(), 0U);
}

TEST(Claims, AnEndedClaimsMemoryServesTheNextOne) {
    Claims claims;
    for (std::uint64_t cookie = 1; cookie <= 100; ++cookie) {
        Event bind = bind_of(cookie);
        bind.process->pid = static_cast<std::uint32_t>(cookie);
        claims.apply(complete, bind);
        Event release = bare(EventKind::release, cookie);
        claims.apply({}, release);
        EXPECT_EQ(release.process->pid, cookie);
    }
    EXPECT_EQ(claims.size(), 0U);
}

TEST(Claims, ForgetTheOldestWhenReleasesWereLost) {
    constexpr std::size_t most = 64;
    Claims claims(most);
    for (std::uint64_t cookie = 1; cookie <= 10 * most; ++cookie) {
        Event bind = bind_of(cookie);
        bind.time_ns = static_cast<std::int64_t>(cookie);
        claims.apply(complete, bind);
        EXPECT_LE(claims.size(), most);
    }
    Event newest = bare(EventKind::release, 10 * most);
    EXPECT_TRUE(claims.apply({}, newest));
    Event oldest = bare(EventKind::release, 1);
    EXPECT_FALSE(claims.apply({}, oldest));
}

} // namespace
} // namespace bindwatch
