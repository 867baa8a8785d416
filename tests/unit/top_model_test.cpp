// SPDX-License-Identifier: Apache-2.0
#include "support/sample_events.hpp"
#include "top/feed.hpp"
#include "top/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>

#include <cstdint>
#include <vector>

namespace bindwatch::top {
namespace {

constexpr std::int64_t second = 1'000'000'000;

Event numbered(Event event, std::uint64_t claim) {
    event.claim = claim;
    return event;
}

Event found(std::uint64_t claim, SocketState state) {
    Event event = sample::bind_1683();
    event.claim = claim;
    event.origin = Origin::snapshot;
    event.requested_port.reset();
    event.found = Found{.state = state, .asked = true};
    return event;
}

TEST(TopModel, AClaimLivesFromItsBindToItsRelease) {
    Model model;
    std::vector<Event> life = sample::life_of_a_claim();
    for (Event& event : life) {
        event.claim = 7;
    }
    model.take(life[0]);
    ASSERT_EQ(model.claims().size(), 1U);
    EXPECT_FALSE(model.claims().at(7).listening);
    const std::uint64_t id = model.claims().at(7).id;
    model.take(life[1]);
    EXPECT_TRUE(model.claims().at(7).listening);
    EXPECT_EQ(model.claims().at(7).event.socket.backlog, 5U);
    EXPECT_EQ(model.find(7, id), &model.claims().at(7)) << "a listen makes no other entry of it";
    model.take(life[2]);
    EXPECT_TRUE(model.claims().empty());
    EXPECT_EQ(model.find(7, id), nullptr);
    EXPECT_EQ(model.totals().events, 3U);
    EXPECT_EQ(model.totals().alerts, 1U);
    ASSERT_EQ(model.events().size(), 3U);
    EXPECT_EQ(model.events()[0].event.kind, EventKind::release) << "the newest is first";
}

TEST(TopModel, ANumberThatIsUsedAgainIsAnotherClaim) {
    Model model;
    model.take(numbered(sample::bind_1683(1), 7));
    const std::uint64_t id = model.claims().at(7).id;
    model.take(numbered(sample::bind_1683(2), 7));
    EXPECT_EQ(model.claims().size(), 1U);
    EXPECT_EQ(model.claims().at(7).event.process->pid, 2U);
    EXPECT_EQ(model.find(7, id), nullptr);
    model.take(numbered(sample::life_of_a_claim(1)[2], 0)); // the end of the first, told late
    EXPECT_EQ(model.claims().size(), 1U);
}

TEST(TopModel, WhatWasThereBeforeIsAClaimAndNoEvent) {
    Model model;
    model.take(found(1, SocketState::listen));
    model.take(found(2, SocketState::bound));
    EXPECT_EQ(model.claims().size(), 2U);
    EXPECT_TRUE(model.claims().at(1).listening);
    EXPECT_FALSE(model.claims().at(2).listening);
    EXPECT_EQ(model.totals().events, 0U);
    EXPECT_EQ(model.events().size(), 0U);
    EXPECT_EQ(model.alerts().size(), 2U);
}

TEST(TopModel, AListenWithoutABindIsAClaim) {
    Model model;
    model.take(numbered(sample::life_of_a_claim()[1], 7));
    ASSERT_EQ(model.claims().size(), 1U);
    EXPECT_TRUE(model.claims().at(7).listening);
}

TEST(TopModel, AClaimWhoseEndWillNotBeToldIsNotKept) {
    Model model;
    model.take(numbered(sample::bind_1683(), 0));
    EXPECT_TRUE(model.claims().empty());
    EXPECT_EQ(model.events().size(), 1U);
}

TEST(TopModel, AFailureIsNoClaim) {
    Model model;
    model.take(numbered(sample::failed_bind(), 7));
    EXPECT_TRUE(model.claims().empty());
    EXPECT_EQ(model.totals().failures, 1U);
    ASSERT_EQ(model.failures().size(), 1U);
    EXPECT_EQ(model.failures()[0].event.error, static_cast<std::uint32_t>(EADDRINUSE));
}

TEST(TopModel, IsBounded) {
    Model model({.claims = 16, .alerts = 3, .failures = 2, .events = 5});
    for (std::uint64_t claim = 1; claim <= 100; ++claim) {
        model.take(numbered(sample::bind_1683(static_cast<std::uint32_t>(claim)), claim));
        model.take(sample::failed_bind());
        ASSERT_LE(model.claims().size(), 16U);
    }
    EXPECT_TRUE(model.claims().contains(100)) << "the oldest are forgotten, not the newest";
    EXPECT_EQ(model.alerts().size(), 3U);
    EXPECT_EQ(model.failures().size(), 2U);
    EXPECT_EQ(model.events().size(), 5U);
    EXPECT_EQ(model.alerts()[0].event.process->pid, 100U);
    EXPECT_EQ(model.alerts()[2].event.process->pid, 98U);
    EXPECT_EQ(model.totals().alerts, 100U);
}

TEST(TopModel, AlertsOnlyLeavesOutClaimsWithoutOne) {
    Model model({}, true);
    std::vector<Event> quiet = sample::life_of_a_claim();
    std::vector<Event> loud = sample::life_of_a_claim();
    quiet[0].alerts.clear();
    for (std::size_t i = 0; i < 3; ++i) {
        quiet[i].claim = 1;
        loud[i].claim = 2;
    }
    model.take(quiet[0]);
    model.take(loud[0]);
    model.take(quiet[1]);
    model.take(loud[1]);
    EXPECT_EQ(model.claims().size(), 1U);
    EXPECT_TRUE(model.claims().at(2).listening);
    model.take(sample::failed_bind());
    EXPECT_EQ(model.failures().size(), 0U);
    model.take(quiet[2]);
    model.take(loud[2]);
    EXPECT_TRUE(model.claims().empty());
    EXPECT_EQ(model.totals().events, 3U);
}

TEST(TopModel, AQuietClaimTakesTheNumberOfALoudOne) {
    Model model({}, true);
    model.take(numbered(sample::bind_1683(), 1));
    Event quiet = numbered(sample::bind_1683(), 1);
    quiet.alerts.clear();
    model.take(quiet);
    EXPECT_TRUE(model.claims().empty());
}

TEST(TopModel, FollowsAPort) {
    Model model({.events = 4});
    Event other = numbered(sample::bind_1683(), 9);
    other.port = 80;
    model.take(numbered(sample::bind_1683(), 1));
    model.take(other);
    model.follow({.port = 1683, .protocol = IPPROTO_TCP});
    EXPECT_EQ(model.events().size(), 1U) << "what is remembered of it";
    for (int i = 0; i < 10; ++i) {
        model.take(other);
    }
    EXPECT_EQ(model.events().size(), 1U) << "others do not push it out";
    Event mptcp = numbered(sample::bind_1683(), 2);
    mptcp.protocol = 262;
    Event udp = mptcp;
    udp.protocol = IPPROTO_UDP;
    model.take(mptcp);
    model.take(udp);
    ASSERT_EQ(model.events().size(), 2U);
    EXPECT_EQ(model.events()[0].event.protocol, 262) << "MPTCP's ports are TCP's";
    model.follow_all();
    EXPECT_EQ(model.events().size(), 4U);
    EXPECT_EQ(model.events()[0].event.protocol, IPPROTO_UDP);
}

TEST(TopModel, TheRateIsThatOfTheLastWholeSecond) {
    Model model;
    model.set_time(100 * second + 5);
    EXPECT_EQ(model.next_change_ns(), Model::never) << "an idle screen needs no clock";
    for (std::uint64_t claim = 1; claim <= 12; ++claim) {
        model.take(numbered(sample::bind_1683(), claim));
    }
    EXPECT_EQ(model.rate(), 0U);
    EXPECT_EQ(model.next_change_ns(), 101 * second);
    const std::uint64_t before = model.version();
    model.set_time(100 * second + 7);
    EXPECT_EQ(model.version(), before);
    model.set_time(101 * second);
    EXPECT_EQ(model.rate(), 12U);
    EXPECT_GT(model.version(), before);
    model.set_time(102 * second);
    EXPECT_EQ(model.rate(), 0U);
    EXPECT_EQ(model.next_change_ns(), Model::never);
    model.take(numbered(sample::bind_1683(), 13));
    model.set_time(110 * second);
    EXPECT_EQ(model.rate(), 0U) << "that was not in the last second";
}

TEST(TopModel, IsFedByASink) {
    Model model;
    const auto sink = feed(model);
    ASSERT_TRUE(sink->append(StartRecord{.plan = "cgroup"}));
    ASSERT_TRUE(sink->append(numbered(sample::bind_1683(), 7)));
    ASSERT_TRUE(sink->append(LostRecord{.count = 3}));
    ASSERT_TRUE(sink->append(StopRecord{}));
    EXPECT_EQ(sink->flush(), WriteStatus::ok);
    EXPECT_EQ(model.plan(), "cgroup");
    EXPECT_EQ(model.claims().size(), 1U);
    EXPECT_EQ(model.totals().lost, 3U);
}

TEST(TopRecent, KeepsTheLastFew) {
    Recent<int> recent(3);
    for (int i = 1; i <= 7; ++i) {
        recent.add() = i;
        EXPECT_EQ(recent[0], i);
    }
    ASSERT_EQ(recent.size(), 3U);
    EXPECT_EQ(recent[1], 6);
    EXPECT_EQ(recent[2], 5);
    recent.clear();
    EXPECT_EQ(recent.size(), 0U);
    recent.add() = 8;
    EXPECT_EQ(recent[0], 8);
}

} // namespace
} // namespace bindwatch::top
