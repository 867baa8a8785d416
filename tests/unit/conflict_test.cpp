// SPDX-License-Identifier: Apache-2.0
#include "conflict/conflict.hpp"
#include "conflict/holders.hpp"
#include "conflict/reason.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cerrno>

namespace bindwatch {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

Address address_of(const char* text) {
    Address address;
    if (inet_pton(AF_INET, text, address.bytes.data()) == 1) {
        return address;
    }
    address.family = Family::ipv6;
    EXPECT_EQ(inet_pton(AF_INET6, text, address.bytes.data()), 1) << text;
    return address;
}

/// On port 80 of TCP, of process 3 ("old") of user 1000.
Event listener(const char* address) {
    Event event;
    event.origin = Origin::snapshot;
    event.protocol = IPPROTO_TCP;
    event.address = address_of(address);
    event.family = event.address->family;
    event.port = 80;
    event.socket.netns = 1;
    event.socket.type = SOCK_STREAM;
    event.socket.cookie = 7;
    if (event.family == Family::ipv6) {
        event.socket.v6only = false;
    }
    event.process = Process{.pid = 3, .comm = "old", .uid = 1000};
    event.found = Found{.state = SocketState::listen,
                        .asked = true,
                        .sharers = {{.pid = 3, .uid = 1000, .comm = "old", .fds = {3}}}};
    return event;
}

/// Likewise, of process 2 ("new").
Event failed_bind(const char* address) {
    Event event = listener(address);
    event.origin = Origin::live;
    event.found.reset();
    event.error = EADDRINUSE;
    event.socket.cookie = 8;
    event.process = Process{.pid = 2, .comm = "new", .uid = 1000};
    return event;
}

std::string why(const Event& failed, const Event& other) {
    EXPECT_TRUE(is_in_the_way(failed, other));
    return reason(failed, other);
}

TEST(Conflict, AddressesThatOverlap) {
    struct Case {
        const char* wanted;
        const char* held;
        bool conflict;
    };
    for (const Case& each :
         {Case{"127.0.0.1", "127.0.0.1", true}, Case{"127.0.0.1", "127.0.0.2", false},
          Case{"0.0.0.0", "127.0.0.1", true}, Case{"127.0.0.1", "0.0.0.0", true}, Case{"::1", "::1", true},
          Case{"::1", "::2", false}, Case{"::", "::1", true}, Case{"127.0.0.1", "::", true},
          Case{"::", "127.0.0.1", true}, Case{"0.0.0.0", "::1", false}, Case{"127.0.0.1", "::1", false},
          Case{"::ffff:127.0.0.1", "127.0.0.1", true}, Case{"::ffff:127.0.0.1", "127.0.0.2", false},
          Case{"::ffff:127.0.0.1", "0.0.0.0", true}, Case{"::1", "::ffff:127.0.0.1", false}}) {
        EXPECT_EQ(is_in_the_way(failed_bind(each.wanted), listener(each.held)), each.conflict)
            << each.wanted << " beside " << each.held;
    }
}

TEST(Conflict, WhatIsForIpv6AloneLeavesIpv4Alone) {
    Event six = listener("::");
    six.socket.v6only = true;
    EXPECT_FALSE(is_in_the_way(failed_bind("127.0.0.1"), six));
    EXPECT_TRUE(is_in_the_way(failed_bind("::1"), six));
    Event failed = failed_bind("::");
    failed.socket.v6only = true;
    EXPECT_FALSE(is_in_the_way(failed, listener("127.0.0.1")));
}

TEST(Conflict, OtherNamespacesTransportsAndDevicesAreInNobodysWay) {
    Event elsewhere = listener("127.0.0.1");
    elsewhere.socket.netns = 2;
    EXPECT_FALSE(is_in_the_way(failed_bind("127.0.0.1"), elsewhere));
    Event udp = listener("127.0.0.1");
    udp.protocol = IPPROTO_UDP;
    EXPECT_FALSE(is_in_the_way(failed_bind("127.0.0.1"), udp));
    Event mptcp = listener("127.0.0.1");
    mptcp.protocol = 262;
    EXPECT_TRUE(is_in_the_way(failed_bind("127.0.0.1"), mptcp)) << "its ports are TCP's";
    Event device = listener("127.0.0.1");
    device.socket.ifindex = 2;
    EXPECT_TRUE(is_in_the_way(failed_bind("127.0.0.1"), device));
    Event failed = failed_bind("127.0.0.1");
    failed.socket.ifindex = 3;
    EXPECT_FALSE(is_in_the_way(failed, device));
}

TEST(Conflict, SharingTakesBoth) {
    Event failed = failed_bind("127.0.0.1");
    Event other = listener("127.0.0.1");
    failed.socket.reuse_port = true;
    EXPECT_TRUE(is_in_the_way(failed, other));
    other.socket.reuse_port = true;
    EXPECT_FALSE(is_in_the_way(failed, other));
    other.process->uid = 33;
    EXPECT_TRUE(is_in_the_way(failed, other)) << "and one user";
    failed.socket.reuse_addr = other.socket.reuse_addr = true;
    EXPECT_TRUE(is_in_the_way(failed, other)) << "SO_REUSEADDR does not share with a listener";
    other.found->state = SocketState::time_wait;
    EXPECT_FALSE(is_in_the_way(failed, other));
}

TEST(Conflict, TheMostTellingComesFirstAndOneselfIsNotInOnesWay) {
    std::vector<FoundSocket> sockets(4);
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        sockets[i].claim = i;
        sockets[i].event = listener("127.0.0.1");
    }
    sockets[0].event.found->state = SocketState::time_wait;
    sockets[0].event.found->unheld = Unheld::orphan;
    sockets[1].event.found->state = SocketState::established;
    sockets[2].event.socket.cookie = 8;
    const auto found = those_in_the_way(failed_bind("127.0.0.1"), sockets);
    ASSERT_THAT(found, SizeIs(3));
    EXPECT_EQ(found[0]->claim, 3U);
    EXPECT_EQ(found[1]->claim, 1U);
    EXPECT_EQ(found[2]->claim, 0U);
}

TEST(Reason, SaysWhatIsInTheWayAndWhatToDo) {
    EXPECT_EQ(why(failed_bind("127.0.0.1"), listener("127.0.0.1")),
              "old[3] listens on 127.0.0.1:80; to free the port: kill 3");
    EXPECT_THAT(why(failed_bind("127.0.0.1"), listener("0.0.0.0")),
                HasSubstr("which is every address of the machine"));
    EXPECT_THAT(why(failed_bind("0.0.0.0"), listener("127.0.0.1")),
                HasSubstr("0.0.0.0 means every address, this one too"));
    EXPECT_THAT(why(failed_bind("127.0.0.1"), listener("::")),
                HasSubstr("[::]:80, which takes IPv4 as well"));
    EXPECT_THAT(why(failed_bind("::"), listener("127.0.0.1")),
                HasSubstr("every IPv4 address too unless IPV6_V6ONLY"));
}

TEST(Reason, SaysWhySharingFails) {
    Event failed = failed_bind("127.0.0.1");
    Event other = listener("127.0.0.1");
    other.socket.reuse_port = true;
    EXPECT_THAT(why(failed, other), HasSubstr("SO_REUSEPORT), which this socket has not set"));
    std::swap(failed.socket.reuse_port, other.socket.reuse_port);
    failed.socket.reuse_port = true;
    other.socket.reuse_port = false;
    EXPECT_THAT(why(failed, other), HasSubstr("has not set SO_REUSEPORT, which both must have"));
    other.socket.reuse_port = true;
    other.process->uid = 33;
    EXPECT_THAT(why(failed, other), HasSubstr("as different users (1000 and 33)"));
}

TEST(Reason, KnowsOneselfAndThoseThatOnlyHaveThePort) {
    Event failed = failed_bind("127.0.0.1");
    failed.process->pid = 3;
    EXPECT_EQ(why(failed, listener("127.0.0.1")),
              "this process itself listens on 127.0.0.1:80 with another socket");
    Event bound = listener("127.0.0.1");
    bound.found->state = SocketState::bound;
    EXPECT_THAT(why(failed_bind("127.0.0.1"), bound),
                HasSubstr("old[3] is bound to 127.0.0.1:80 without listening"));
    Event shared = listener("127.0.0.1");
    shared.found->sharers.push_back({.pid = 9, .comm = "child", .fds = {3}});
    EXPECT_THAT(why(failed_bind("127.0.0.1"), shared),
                AllOf(HasSubstr("as 1 other process does"), HasSubstr("kill 3 9")));
}

TEST(Reason, KnowsConnectionsAndWhatNobodyHas) {
    Event connection = listener("127.0.0.1");
    connection.found->state = SocketState::established;
    connection.found->asked = false;
    EXPECT_THAT(why(failed_bind("127.0.0.1"), connection),
                AllOf(HasSubstr("ephemeral range"), HasSubstr("ip_local_reserved_ports=80")));
    Event nobody = connection;
    nobody.process.reset();
    nobody.found->sharers.clear();
    nobody.found->state = SocketState::time_wait;
    nobody.found->unheld = Unheld::orphan;
    EXPECT_THAT(why(failed_bind("127.0.0.1"), nobody),
                AllOf(HasSubstr("time_wait"), HasSubstr("SO_REUSEADDR")));
    nobody.found->unheld = Unheld::kernel;
    EXPECT_THAT(why(failed_bind("127.0.0.1"), nobody), HasSubstr("the kernel itself has 80"));
    nobody.found->unheld = Unheld::in_flight;
    EXPECT_THAT(why(failed_bind("127.0.0.1"), nobody), HasSubstr("between two processes"));
}

TEST(Reason, NoByteOfAProcessActsOnTheTerminal) {
    Event other = listener("127.0.0.1");
    other.process->comm = "\x1b[2J\n";
    EXPECT_THAT(why(failed_bind("127.0.0.1"), other), AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\n"))));
}

TEST(Holders, AreNamedWithWhatIsKnown) {
    std::vector<FoundSocket> sockets(20);
    for (FoundSocket& socket : sockets) {
        socket.event = listener("127.0.0.1");
        socket.since_ns = 5;
    }
    Event failed = failed_bind("127.0.0.1");
    name_holders(failed, sockets);
    ASSERT_THAT(failed.holders, SizeIs(16));
    EXPECT_EQ(failed.holders[0].pid, 3U);
    EXPECT_EQ(failed.holders[0].comm, "old");
    EXPECT_EQ(failed.holders[0].cookie, 7U);
    EXPECT_EQ(failed.holders[0].since_ns, 5);
    EXPECT_EQ(failed.holders[0].state, SocketState::listen);
}

TEST(Holders, OneThatHasLetGoIsNotMadeUp) {
    Event failed = failed_bind("127.0.0.1");
    name_holders(failed, {});
    EXPECT_THAT(failed.holders, SizeIs(0));
    EXPECT_EQ(failed.reason, "whatever had it has let go since: try again");
    std::vector<FoundSocket> elsewhere(1);
    elsewhere[0].event = listener("127.0.0.1");
    elsewhere[0].event.socket.netns = 2;
    name_holders(failed, elsewhere);
    EXPECT_THAT(failed.holders, SizeIs(0));
    EXPECT_THAT(failed.reason, HasSubstr("old[3] has the same port in another network namespace"));
}

} // namespace
} // namespace bindwatch
