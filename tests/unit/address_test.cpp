// SPDX-License-Identifier: Apache-2.0
#include <bindwatch/names.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <string_view>
#include <tuple>

namespace bindwatch {
namespace {

Address parsed(const char* text) {
    Address address;
    address.family = std::string_view(text).contains(':') ? Family::ipv6 : Family::ipv4;
    EXPECT_EQ(::inet_pton(address.family == Family::ipv6 ? AF_INET6 : AF_INET, text, address.bytes.data()), 1)
        << text;
    return address;
}

class AddressText : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(AddressText, IsCanonical) {
    const auto& [given, canonical] = GetParam();
    EXPECT_EQ(to_string(parsed(given)), canonical);
}

// RFC 5952 section 4.
INSTANTIATE_TEST_SUITE_P(Rfc5952, AddressText,
                         testing::Values(std::tuple("127.0.0.1", "127.0.0.1"),
                                         std::tuple("0.0.0.0", "0.0.0.0"),
                                         std::tuple("255.255.255.255", "255.255.255.255"),
                                         std::tuple("0:0:0:0:0:0:0:0", "::"), std::tuple("::1", "::1"),
                                         std::tuple("2001:0DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
                                         std::tuple("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
                                         std::tuple("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
                                         std::tuple("::ffff:c0a8:0001", "::ffff:192.168.0.1"),
                                         std::tuple("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                                                    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));

class AddressScope : public testing::TestWithParam<std::tuple<const char*, Scope>> {};

TEST_P(AddressScope, FollowsTheRfcs) {
    const auto& [text, scope] = GetParam();
    EXPECT_EQ(name_of(scope_of(parsed(text))), name_of(scope)) << text;
}

INSTANTIATE_TEST_SUITE_P(
    Ipv4, AddressScope,
    testing::Values(std::tuple("0.0.0.0", Scope::any), std::tuple("0.0.0.1", Scope::global),
                    std::tuple("126.255.255.255", Scope::global), std::tuple("127.0.0.0", Scope::loopback),
                    std::tuple("127.255.255.255", Scope::loopback), std::tuple("128.0.0.0", Scope::global),
                    std::tuple("9.255.255.255", Scope::global), std::tuple("10.0.0.0", Scope::private_use),
                    std::tuple("10.255.255.255", Scope::private_use), std::tuple("11.0.0.0", Scope::global),
                    std::tuple("172.15.255.255", Scope::global), std::tuple("172.16.0.0", Scope::private_use),
                    std::tuple("172.31.255.255", Scope::private_use), std::tuple("172.32.0.0", Scope::global),
                    std::tuple("192.167.255.255", Scope::global),
                    std::tuple("192.168.0.1", Scope::private_use), std::tuple("192.169.0.0", Scope::global),
                    std::tuple("100.63.255.255", Scope::global), std::tuple("100.64.0.0", Scope::private_use),
                    std::tuple("100.127.255.255", Scope::private_use),
                    std::tuple("100.128.0.0", Scope::global), std::tuple("169.253.255.255", Scope::global),
                    std::tuple("169.254.0.1", Scope::link_local), std::tuple("169.255.0.0", Scope::global),
                    std::tuple("223.255.255.255", Scope::global), std::tuple("224.0.0.1", Scope::multicast),
                    std::tuple("239.255.255.255", Scope::multicast), std::tuple("240.0.0.0", Scope::global),
                    std::tuple("255.255.255.255", Scope::link_local), std::tuple("8.8.8.8", Scope::global)));

INSTANTIATE_TEST_SUITE_P(
    Ipv6, AddressScope,
    testing::Values(std::tuple("::", Scope::any), std::tuple("::1", Scope::loopback),
                    std::tuple("::2", Scope::global), std::tuple("1::1", Scope::global),
                    std::tuple("fe80::1", Scope::link_local), std::tuple("febf::1", Scope::link_local),
                    std::tuple("fec0::1", Scope::global), std::tuple("fbff::1", Scope::global),
                    std::tuple("fc00::1", Scope::private_use), std::tuple("fdff::1", Scope::private_use),
                    std::tuple("fe00::1", Scope::global), std::tuple("ff02::1", Scope::multicast),
                    std::tuple("2001:db8::1", Scope::global), std::tuple("::ffff:0.0.0.0", Scope::any),
                    std::tuple("::ffff:127.0.0.1", Scope::loopback),
                    std::tuple("::ffff:10.0.0.1", Scope::private_use),
                    std::tuple("::ffff:8.8.8.8", Scope::global),
                    std::tuple("::fffe:10.0.0.1", Scope::global)));

TEST(Address, VsockIsItsContextId) {
    Address address{Family::vsock, {0, 0, 0, 3}};
    EXPECT_EQ(to_string(address), "3");
    EXPECT_EQ(scope_of(address), Scope::private_use);
    address.bytes = {0, 0, 0, 1};
    EXPECT_EQ(scope_of(address), Scope::loopback);
    address.bytes = {0xff, 0xff, 0xff, 0xff};
    EXPECT_EQ(to_string(address), "4294967295");
    EXPECT_EQ(scope_of(address), Scope::any);
}

TEST(Address, MappedIpv4IsFoundOnlyWhereItIs) {
    EXPECT_EQ(mapped_ipv4(parsed("::ffff:1.2.3.4")), parsed("1.2.3.4"));
    EXPECT_EQ(mapped_ipv4(parsed("1.2.3.4")), std::nullopt);
    EXPECT_EQ(mapped_ipv4(parsed("::1.2.3.4")), std::nullopt);
    EXPECT_EQ(mapped_ipv4(parsed("1::ffff:1.2.3.4")), std::nullopt);
}

} // namespace
} // namespace bindwatch
