// SPDX-License-Identifier: Apache-2.0
#include "inventory/table.hpp"
#include "sinks/printable.hpp"
#include "support/row_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace bindwatch {
namespace {

using sample::RowBuilder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr std::uint32_t own_netns = 4026531840;

std::vector<FoundSocket> found(const RowBuilder& rows) {
    Inventory inventory(0, 0);
    EXPECT_TRUE(inventory.add(rows.bytes()));
    return inventory.take();
}

std::vector<std::string> lines(std::span<const FoundSocket> sockets, TableOptions options = {}) {
    options.own_netns = own_netns;
    std::istringstream text(inventory_table(sockets, options));
    std::vector<std::string> out;
    for (std::string line; std::getline(text, line);) {
        out.push_back(line);
    }
    return out;
}

TEST(Table, HasALineForEachSocketAndNoColumnThatWouldBeEmpty) {
    RowBuilder rows;
    rows.socket(1, 1683, sample::tcp_listen);
    rows.hold(1, 100, 3, "python3");
    EXPECT_THAT(lines(found(rows)), ElementsAre("PORT      STATE   ADDRESS    PROCESS       USER",
                                                "1683/tcp  listen  127.0.0.1  python3[100]  0"));
}

TEST(Table, SaysWhereASocketIsThatIsNotHere) {
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen).socket.netns = 4026532000;
    rows.hold(1, 100, 3);
    auto sockets = found(rows);
    EXPECT_THAT(lines(sockets)[1], HasSubstr("netns 4026532000"));
    sockets[0].event.container = Container{.id = std::string(64, 'a'), .runtime = "docker"};
    EXPECT_THAT(lines(sockets)[1], HasSubstr("docker container aaaaaaaaaaaa"));
}

TEST(Table, CountsWhoElseHasASocketAndTheTreeNamesThem) {
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen);
    rows.hold(1, 100, 6, "nginx");
    rows.hold(1, 101, 6, "nginx");
    rows.hold(1, 101, 7, "nginx");
    const auto sockets = found(rows);
    EXPECT_THAT(lines(sockets)[1], HasSubstr("nginx[100] +1"));
    const auto tree = lines(sockets, {.tree = true});
    ASSERT_THAT(tree, SizeIs(4));
    EXPECT_EQ(tree[2], "  ├ nginx[100] fd 6");
    EXPECT_EQ(tree[3], "  └ nginx[101] fd 6, 7");
}

TEST(Table, SaysWhyNobodyHasASocket) {
    RowBuilder rows;
    bw_socket_row& row = rows.socket(1, 80, sample::tcp_time_wait);
    row.flags = BW_ROW_MINI;
    row.peer_port = 4711;
    EXPECT_THAT(lines(found(rows))[1],
                AllOf(HasSubstr("time_wait"), HasSubstr("(closed)"), HasSubstr("0.0.0.0:4711")));
}

TEST(Table, FitsTheTerminal) {
    RowBuilder rows;
    rows.socket(1, 1683, sample::tcp_listen).socket.netns = 4026532000;
    rows.hold(1, 100, 3, "a-long-name-15b");
    bw_socket_row& six = rows.socket(2, 65535, sample::tcp_listen);
    six.socket.family = AF_INET6;
    std::ranges::fill(six.socket.address, std::uint8_t{0xfd});
    rows.hold(2, 4194304, 3, "a-long-name-15b");
    auto sockets = found(rows);
    sockets[0].event.container =
        Container{.id = std::string(64, 'a'), .runtime = "systemd-nspawn", .pod = "a-pod-with-a-long-name"};
    for (const std::size_t width : {100U, 120U, 200U}) {
        for (const std::string& line : lines(sockets, {.width = width})) {
            EXPECT_LE(cells(line), width) << line;
        }
    }
}

TEST(Table, NoByteOfAProcessActsOnTheTerminal) {
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen);
    rows.hold(1, 100, 3, "\x1b[2Jx\n");
    for (const std::string& line : lines(found(rows), {.tree = true})) {
        EXPECT_THAT(line, Not(HasSubstr("\x1b")));
    }
}

TEST(Table, AnEmptyOneHasAHeader) {
    EXPECT_THAT(lines({}), ElementsAre("PORT  STATE  ADDRESS  PROCESS  USER  WHAT THE PORT IS"));
}

TEST(Table, CanBeSortedByProcessAndByContainer) {
    RowBuilder rows;
    rows.socket(1, 80, sample::tcp_listen);
    rows.hold(1, 100, 3, "nginx");
    rows.socket(2, 90, sample::tcp_listen);
    rows.hold(2, 101, 3, "apache");
    rows.socket(3, 100, sample::tcp_listen);
    rows.hold(3, 100, 4, "nginx");
    auto sockets = found(rows);
    const auto order = [&] {
        std::vector<std::uint32_t> ports;
        ports.reserve(sockets.size());
        for (const FoundSocket& socket : sockets) {
            ports.push_back(*socket.event.port);
        }
        return ports;
    };
    sort_by(Grouping::process, sockets);
    EXPECT_THAT(order(), ElementsAre(90U, 80U, 100U));
    sockets[1].event.container = Container{.id = "b", .runtime = "lxc"};
    sort_by(Grouping::container, sockets);
    EXPECT_THAT(order(), ElementsAre(90U, 100U, 80U));
}

} // namespace
} // namespace bindwatch
