// SPDX-License-Identifier: Apache-2.0
#include "claims/claims.hpp"
#include "support/sample_events.hpp"

#include <gtest/gtest.h>

namespace bindwatch {
namespace {

Decoded complete(std::uint64_t claim) {
    return {.claim = claim, .complete = true, .by_holder = true};
}

Event bare(EventKind kind) {
    Event event;
    event.kind = kind;
    event.time_ns = 5'000;
    event.process.emplace().comm = "name only";
    return event;
}

TEST(Claims, CompleteAListenAndARelease) {
    Claims claims;
    Event bind = sample::bind_1683();
    EXPECT_EQ(claims.apply(complete(1), bind), Claims::Outcome::whole);
    EXPECT_EQ(claims.size(), 1U);

    Event listen = bare(EventKind::listen);
    EXPECT_EQ(claims.apply({.claim = 1}, listen), Claims::Outcome::whole);
    EXPECT_EQ(listen.process, bind.process);

    Event release = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.claim = 1, .bound_at_ns = 2'000}, release), Claims::Outcome::whole);
    EXPECT_EQ(release.process, bind.process);
    EXPECT_EQ(release.cgroup->path, bind.cgroup->path);
    EXPECT_EQ(release.held_ns, 3'000U);
    EXPECT_EQ(claims.size(), 0U);
}

TEST(Claims, AListenByAnotherProcessKeepsThatProcess) {
    Claims claims;
    Event bind = sample::bind_1683();
    claims.apply(complete(1), bind);
    Event listen = bare(EventKind::listen);
    EXPECT_EQ(claims.apply(complete(1), listen), Claims::Outcome::whole);
    EXPECT_EQ(listen.process->comm, "name only");
    Event release = bare(EventKind::release);
    claims.apply({.claim = 1}, release);
    EXPECT_EQ(release.process, bind.process);
}

TEST(Claims, AnEndThatIsToldTwiceIsNotTheNextClaims) {
    Claims claims;
    Event old = sample::bind_1683();
    EXPECT_EQ(claims.apply(complete(1), old), Claims::Outcome::whole);
    Event end = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.claim = 1, .since = 2'000}, end), Claims::Outcome::whole);
    Event next = sample::bind_1683();
    Decoded of_next = complete(1);
    of_next.since = 3'000;
    EXPECT_EQ(claims.apply(of_next, next), Claims::Outcome::whole);
    Event again = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.claim = 1, .since = 2'000}, again), Claims::Outcome::again);
    Event late = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.claim = 1, .since = 2'500}, late), Claims::Outcome::partial);
    EXPECT_EQ(claims.size(), 1U);
    Event its_own = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.claim = 1, .since = 3'000}, its_own), Claims::Outcome::whole);
    EXPECT_EQ(its_own.process, next.process);
}

TEST(Claims, AnEndThatComesAfterTheNextBindIsStillThatOfTheOldOne) {
    Claims claims;
    Event old = sample::bind_1683();
    Decoded of_old = complete(1);
    of_old.since = 2'000;
    claims.apply(of_old, old);
    Event next = sample::bind_1683();
    next.process->comm = "next";
    Decoded of_next = complete(1);
    of_next.since = 3'000;
    claims.apply(of_next, next);
    Event end = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.claim = 1, .since = 2'000}, end), Claims::Outcome::whole);
    EXPECT_EQ(end.process, old.process);
    EXPECT_EQ(claims.size(), 1U);
    Event its_own = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.claim = 1, .since = 3'000}, its_own), Claims::Outcome::whole);
    EXPECT_EQ(its_own.process->comm, "next");
}

TEST(Claims, SayWhenTheBindWasLost) {
    Claims claims;
    Event listen = bare(EventKind::listen);
    EXPECT_EQ(claims.apply({.claim = 1}, listen), Claims::Outcome::partial);
    Event release = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.bound_at_ns = 1'000}, release), Claims::Outcome::partial);
    EXPECT_EQ(release.process->comm, "name only");
    EXPECT_EQ(release.held_ns, 4'000U);
}

TEST(Claims, AListenIsTakenNoteOfWhenNobodySawTheBind) {
    Claims claims;
    Event listen = sample::bind_1683();
    listen.kind = EventKind::listen;
    EXPECT_EQ(claims.apply(complete(1), listen), Claims::Outcome::whole);
    Event release = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.claim = 1}, release), Claims::Outcome::whole);
    EXPECT_EQ(release.process, listen.process);
    EXPECT_EQ(release.held_ns, std::nullopt);
}

TEST(Claims, AListenByAnotherThanTheHolderIsNoClaim) {
    Claims claims;
    Event listen = bare(EventKind::listen);
    EXPECT_EQ(claims.apply({.claim = 1, .complete = true}, listen), Claims::Outcome::whole);
    EXPECT_EQ(claims.size(), 0U);
}

TEST(Claims, OneThatTheKernelSideDoesNotKeepIsNotKeptHere) {
    Claims claims;
    Event bind = sample::bind_1683();
    EXPECT_EQ(claims.apply({.claim = 1, .complete = true, .by_holder = true, .kept = false}, bind),
              Claims::Outcome::whole);
    EXPECT_EQ(claims.size(), 0U);
}

TEST(Claims, AFailedCallIsNone) {
    Claims claims;
    Event failed = sample::failed_bind();
    EXPECT_EQ(claims.apply(complete(1), failed), Claims::Outcome::whole);
    EXPECT_EQ(claims.size(), 0U);
}

TEST(Claims, AnEndedClaimsMemoryServesTheNextOne) {
    Claims claims;
    for (std::uint64_t claim = 1; claim <= 100; ++claim) {
        Event bind = sample::bind_1683();
        bind.process->pid = static_cast<std::uint32_t>(claim);
        claims.apply(complete(claim), bind);
        Event release = bare(EventKind::release);
        claims.apply({.claim = claim}, release);
        EXPECT_EQ(release.process->pid, claim);
    }
    EXPECT_EQ(claims.size(), 0U);
}

TEST(Claims, ForgetTheOldestWhenReleasesWereLost) {
    constexpr std::size_t most = 64;
    Claims claims(most);
    for (std::uint64_t claim = 1; claim <= 10 * most; ++claim) {
        Event bind = sample::bind_1683();
        bind.time_ns = static_cast<std::int64_t>(claim);
        claims.apply(complete(claim), bind);
        EXPECT_LE(claims.size(), most);
    }
    Event newest = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.claim = 10 * most}, newest), Claims::Outcome::whole);
    Event oldest = bare(EventKind::release);
    EXPECT_EQ(claims.apply({.claim = 1}, oldest), Claims::Outcome::partial);
}

} // namespace
} // namespace bindwatch
