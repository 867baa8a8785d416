// SPDX-License-Identifier: Apache-2.0
#include <bindwatch/names.hpp>

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <initializer_list>

namespace bindwatch {
namespace {

TEST(Names, EnumsReadAsTheContractWritesThem) {
    EXPECT_EQ(name_of(EventKind::bind), "bind");
    EXPECT_EQ(name_of(EventKind::listen), "listen");
    EXPECT_EQ(name_of(EventKind::release), "release");
    EXPECT_EQ(name_of(Origin::live), "live");
    EXPECT_EQ(name_of(Origin::snapshot), "snapshot");
    EXPECT_EQ(name_of(Family::ipv4), "ipv4");
    EXPECT_EQ(name_of(Family::ipv6), "ipv6");
    EXPECT_EQ(name_of(Family::vsock), "vsock");
    EXPECT_EQ(name_of(Scope::any), "any");
    EXPECT_EQ(name_of(Scope::loopback), "loopback");
    EXPECT_EQ(name_of(Scope::link_local), "link-local");
    EXPECT_EQ(name_of(Scope::private_use), "private");
    EXPECT_EQ(name_of(Scope::multicast), "multicast");
    EXPECT_EQ(name_of(Scope::global), "global");
    EXPECT_EQ(name_of(Tier::system), "system");
    EXPECT_EQ(name_of(Tier::user), "user");
    EXPECT_EQ(name_of(Tier::dynamic), "dynamic");
    EXPECT_EQ(name_of(Status::assigned), "assigned");
    EXPECT_EQ(name_of(Status::unassigned), "unassigned");
    EXPECT_EQ(name_of(Status::reserved), "reserved");
    EXPECT_EQ(name_of(Status::dynamic), "dynamic");
    EXPECT_EQ(name_of(Severity::notice), "notice");
    EXPECT_EQ(name_of(Severity::warning), "warning");
}

TEST(Names, TransportsGoBothWays) {
    for (const std::uint16_t protocol :
         std::initializer_list<std::uint16_t>{6, 17, 33, 47, 132, 136, 262, 0, 65535}) {
        const std::string name = transport_name(protocol, Family::ipv4);
        EXPECT_EQ(protocol_of(name), protocol) << name;
    }
    EXPECT_EQ(transport_name(6, Family::ipv6), "tcp");
    EXPECT_EQ(transport_name(17, Family::ipv4), "udp");
    EXPECT_EQ(transport_name(136, Family::ipv4), "udplite");
    EXPECT_EQ(transport_name(132, Family::ipv4), "sctp");
    EXPECT_EQ(transport_name(262, Family::ipv4), "mptcp");
    EXPECT_EQ(transport_name(33, Family::ipv4), "ip-33");
    EXPECT_EQ(transport_name(0, Family::vsock), "vsock");
    EXPECT_EQ(protocol_of("ip-6"), 6);
}

TEST(Names, UnknownTransportsAreNull) {
    for (const auto* word : {"", "TCP", "tcp ", "vsock", "ip-", "ip-65536", "ip--1", "ip-6x", "ip- 6", "6"}) {
        EXPECT_EQ(protocol_of(word), std::nullopt) << word;
    }
}

TEST(Names, ErrnosHaveNamesAndMessages) {
    EXPECT_EQ(errno_name(EADDRINUSE), "EADDRINUSE");
    EXPECT_EQ(errno_name(EACCES), "EACCES");
    EXPECT_EQ(errno_name(4242), "errno 4242");
    EXPECT_EQ(errno_name(0), "errno 0");
    EXPECT_EQ(errno_name(0xffffffffU), "errno 4294967295");
    EXPECT_EQ(errno_message(EADDRINUSE), "Address already in use");
    EXPECT_EQ(errno_message(4242), "Unknown error 4242");
    EXPECT_EQ(errno_message(0xffffffffU), "Unknown error 4294967295");
}

TEST(Names, SocketTypes) {
    EXPECT_EQ(socket_type_name(SOCK_STREAM), "stream");
    EXPECT_EQ(socket_type_name(SOCK_DGRAM), "dgram");
    EXPECT_EQ(socket_type_name(SOCK_SEQPACKET), "seqpacket");
    EXPECT_EQ(socket_type_name(SOCK_RAW), "3");
}

} // namespace
} // namespace bindwatch
