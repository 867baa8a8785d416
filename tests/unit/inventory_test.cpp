// SPDX-License-Identifier: Apache-2.0
#include "inventory/inventory.hpp"
#include "support/row_builder.hpp"

#include <bindwatch/names.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace bindwatch {
namespace {

using sample::RowBuilder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::int64_t now = 9'000'000'000'000;
constexpr std::int64_t boot_to_real = 1'000'000'000'000;

std::vector<FoundSocket> found(const RowBuilder& rows) {
    Inventory inventory(now, boot_to_real);
    const auto added = inventory.add(rows.bytes());
    EXPECT_TRUE(added) << added.error();
    return inventory.take();
}

std::vector<std::uint32_t> ports(const std::vector<FoundSocket>& sockets) {
    std::vector<std::uint32_t> out;
    out.reserve(sockets.size());
    for (const FoundSocket& socket : sockets) {
        out.push_back(*socket.event.port);
    }
    return out;
}

TEST(Inventory, EveryClaimIsABindAndSaysWhatItDoes) {
    RowBuilder rows;
    rows.socket(1, 1683, sample::tcp_listen).socket.backlog = 128;
    rows.hold(1, 100, 3, "python3");
    rows.socket(2, 1684, sample::tcp_close);
    rows.hold(2, 100, 4, "python3");
    const auto sockets = found(rows);
    ASSERT_THAT(sockets, SizeIs(2));
    const Event& listener = sockets[0].event;
    EXPECT_EQ(listener.kind, EventKind::bind);
    EXPECT_EQ(listener.origin, Origin::snapshot);
    EXPECT_EQ(listener.time_ns, now);
    EXPECT_EQ(listener.socket.backlog, 128U);
    EXPECT_EQ(listener.found->state, SocketState::listen);
    EXPECT_TRUE(listener.found->asked);
    EXPECT_EQ(to_string(*listener.address), "127.0.0.1");
    EXPECT_EQ(listener.process->comm, "python3");
    EXPECT_EQ(listener.process->start_time_ns, boot_to_real + 100'000'000'000);
    EXPECT_EQ(sockets[1].event.kind, EventKind::bind);
    EXPECT_EQ(sockets[1].event.socket.backlog, std::nullopt);
}

TEST(Inventory, SharersAreInTheOrderOfTheirAgeWithAllTheirDescriptors) {
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen);
    rows.hold(1, 300, 6, "worker");
    rows.hold(1, 200, 6, "master");
    rows.hold(1, 200, 9, "master");
    const auto sockets = found(rows);
    ASSERT_THAT(sockets, SizeIs(1));
    const auto& sharers = sockets[0].event.found->sharers;
    ASSERT_THAT(sharers, SizeIs(2));
    EXPECT_EQ(sharers[0].comm, "master");
    EXPECT_THAT(sharers[0].fds, ElementsAre(6U, 9U));
    EXPECT_EQ(sharers[1].comm, "worker");
    EXPECT_EQ(sockets[0].event.process->pid, 200U);
    EXPECT_EQ(sockets[0].event.found->unheld, std::nullopt);
}

TEST(Inventory, WhoMadeTheSocketIsOneBoundOfItsAge) {
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen).maker = 33;
    rows.hold(1, 200, 6, "master");
    rows.hold(1, 300, 6, "worker").flags = BW_HOLD_MADE;
    rows.hold(1, 300, 7, "worker");
    const auto sockets = found(rows);
    ASSERT_THAT(sockets, SizeIs(1));
    const Found& seen = *sockets[0].event.found;
    EXPECT_EQ(seen.maker, Maker{.uid = 33});
    ASSERT_NE(seen.maker_process(), nullptr);
    EXPECT_EQ(seen.maker_process()->pid, 300U);
    EXPECT_EQ(seen.not_before_ns(), boot_to_real + 300'000'000'000);
}

TEST(Inventory, WithoutItsMakerASocketHasNoAge) {
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen);
    rows.hold(1, 200, 6);
    bw_socket_row& closed = rows.socket(2, 81, sample::tcp_established);
    closed.flags = BW_ROW_ASKED;
    const auto sockets = found(rows);
    ASSERT_THAT(sockets, SizeIs(2));
    EXPECT_EQ(sockets[0].event.found->maker, Maker{});
    EXPECT_EQ(sockets[0].event.found->not_before_ns(), std::nullopt);
    EXPECT_EQ(sockets[1].event.found->maker, std::nullopt) << "no file, no credentials";
}

TEST(Inventory, WhatIsToldTwiceIsOneSocket) {
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen);
    rows.socket(1, 80, sample::tcp_listen);
    rows.hold(1, 200, 6);
    rows.hold(1, 200, 6);
    const auto sockets = found(rows);
    ASSERT_THAT(sockets, SizeIs(1));
    EXPECT_THAT(sockets[0].event.found->sharers[0].fds, ElementsAre(6U));
}

TEST(Inventory, ADescriptorOfNoToldSocketIsSkipped) {
    RowBuilder rows;
    rows.hold(5, 200, 6);
    EXPECT_THAT(found(rows), SizeIs(0));
}

TEST(Inventory, SaysWhyNobodyHasASocket) {
    const auto why = [](std::uint16_t state, std::uint32_t flags, std::uint16_t options) {
        RowBuilder rows;
        bw_socket_row& row = rows.socket(1, 80, static_cast<sample::TcpState>(state));
        row.flags = flags;
        row.socket.options = options;
        return found(rows).at(0).event.found->unheld;
    };
    EXPECT_EQ(why(sample::tcp_close, 0, BW_SOCK_KERNEL), Unheld::kernel);
    EXPECT_EQ(why(sample::tcp_listen, BW_ROW_HAS_FILE, 0), Unheld::in_flight);
    EXPECT_EQ(why(sample::tcp_established, 0, 0), Unheld::not_accepted);
    EXPECT_EQ(why(sample::tcp_time_wait, BW_ROW_MINI, 0), Unheld::orphan);
}

TEST(Inventory, OnlyAFileWithoutDescriptorAsksForAnotherLook) {
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen);
    Inventory inventory(now, boot_to_real);
    ASSERT_TRUE(inventory.add(rows.bytes()));
    EXPECT_TRUE(inventory.has_files_without_descriptor());
    RowBuilder later;
    later.hold(1, 200, 6);
    ASSERT_TRUE(inventory.add(later.bytes()));
    EXPECT_FALSE(inventory.has_files_without_descriptor());
}

TEST(Inventory, APeerBelongsToAConnection) {
    RowBuilder rows;
    bw_socket_row& row = rows.socket(1, 40000, sample::tcp_established);
    row.peer_port = 443;
    row.peer[0] = 10;
    row.peer[3] = 7;
    rows.hold(1, 200, 6);
    const auto sockets = found(rows);
    EXPECT_EQ(to_string(*sockets[0].event.found->peer), "10.0.0.7");
    EXPECT_EQ(sockets[0].event.found->peer_port, 443);
}

TEST(Inventory, IsSortedByPort) {
    RowBuilder rows;
    for (const std::uint32_t port : {8080U, 22U, 443U}) {
        rows.socket(port, port, sample::tcp_listen);
    }
    EXPECT_THAT(ports(found(rows)), ElementsAre(22U, 443U, 8080U));
}

TEST(Inventory, RefusesWhatIsNoRow) {
    const auto error = [](auto change) {
        RowBuilder rows;
        change(rows.socket(1, 80, sample::tcp_listen));
        Inventory inventory(now, boot_to_real);
        const auto added = inventory.add(rows.bytes());
        return added ? std::string() : added.error();
    };
    EXPECT_THAT(error([](bw_socket_row& row) { row.head.length = 4; }), HasSubstr("4 bytes"));
    EXPECT_THAT(error([](bw_socket_row& row) { row.head.length = 4000; }), HasSubstr("4000 bytes"));
    EXPECT_THAT(error([](bw_socket_row& row) { row.head.length = 16; }), HasSubstr("16 bytes"));
    EXPECT_THAT(error([](bw_socket_row& row) { row.head.kind = 9; }), HasSubstr("kind 9"));
    EXPECT_THAT(error([](bw_socket_row& row) { row.state = 99; }), HasSubstr("state 99"));
    EXPECT_THAT(error([](bw_socket_row& row) { row.socket.family = 99; }), HasSubstr("family 99"));
}

TEST(Inventory, SurvivesBytesOfAnyKind) {
    std::mt19937 random(1683); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same bytes each time
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen);
    rows.hold(1, 200, 6);
    const std::vector<std::byte> bytes(rows.bytes().begin(), rows.bytes().end());
    for (int round = 0; round < 20'000; ++round) {
        auto changed = bytes;
        changed[random() % changed.size()] = static_cast<std::byte>(random());
        changed.resize(changed.size() - random() % 3);
        Inventory inventory(now, boot_to_real);
        const auto added = inventory.add(changed);
        EXPECT_TRUE(added || !added.error().empty());
        EXPECT_LE(inventory.take().size(), 2U);
    }
}

TEST(Inventory, KnowsWhichCookiesItHas) {
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen).socket.cookie = 30;
    rows.socket(2, 81, sample::tcp_listen).socket.cookie = 20;
    rows.socket(3, 82, sample::tcp_close).socket.cookie = 0;
    Inventory inventory(now, boot_to_real);
    EXPECT_THAT(inventory.cookies(), ElementsAre());
    ASSERT_TRUE(inventory.add(rows.bytes()));
    EXPECT_THAT(inventory.cookies(), ElementsAre(0, 20, 30));
}

} // namespace
} // namespace bindwatch
