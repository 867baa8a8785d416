// SPDX-License-Identifier: Apache-2.0
#include "kernel/sockstat.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace bindwatch {
namespace {

constexpr std::string_view ipv4 = "sockets: used 290\n"
                                  "TCP: inuse 9 orphan 1 tw 5 alloc 30 mem 385\n"
                                  "UDP: inuse 3 mem 2\n";
constexpr std::string_view ipv6 = "TCP6: inuse 4\nUDP6: inuse 2\n";

TEST(SockStat, BothFamiliesAreCounted) {
    EXPECT_EQ(tcp_counts_of(ipv4, ipv6), (TcpCounts{.hashed = 13, .time_wait = 5}));
    EXPECT_EQ(tcp_counts_of(ipv4, ""), (TcpCounts{.hashed = 9, .time_wait = 5}));
}

/// Who takes a wrong number for the truth leaves sockets out.
TEST(SockStat, WhatItDoesNotSayIsNotGuessed) {
    EXPECT_EQ(tcp_counts_of("", ""), std::nullopt);
    EXPECT_EQ(tcp_counts_of("TCP: inuse 9 orphan 1 alloc 30 mem 385\n", ipv6), std::nullopt);
    EXPECT_EQ(tcp_counts_of("UDP: inuse 9 tw 5\n", ipv6), std::nullopt);
    EXPECT_EQ(tcp_counts_of("TCP: inuse  tw 5\n", ipv6), std::nullopt);
    EXPECT_EQ(tcp_counts_of("TCP: inuse 9x tw 5\n", ipv6), std::nullopt);
    EXPECT_EQ(tcp_counts_of("TCP: inuse 99999999999999999999 tw 5\n", ipv6), std::nullopt);
    EXPECT_EQ(tcp_counts_of(ipv4, "UDP6: inuse 2\n"), std::nullopt);
    EXPECT_EQ(tcp_counts_of("TCP: inuse", ""), std::nullopt);
}

/// Without IPv6 there is no file for it; one that is there and cannot be read may be full of connections.
TEST(SockStat, AFileThatCannotBeReadIsNotAFileThatIsNotThere) {
    const std::filesystem::path directory =
        std::filesystem::path(testing::TempDir()) / ("sockstat-" + std::to_string(getpid()));
    std::filesystem::create_directory(directory);
    EXPECT_EQ(tcp_counts(directory), std::nullopt);
    std::ofstream(directory / "sockstat") << ipv4;
    EXPECT_EQ(tcp_counts(directory), (TcpCounts{.hashed = 9, .time_wait = 5}));
    std::filesystem::create_directory(directory / "sockstat6");
    EXPECT_EQ(tcp_counts(directory), std::nullopt);
    std::filesystem::remove_all(directory);
}

TEST(SockStat, ThisKernelSays) {
    EXPECT_TRUE(tcp_counts().has_value());
}

} // namespace
} // namespace bindwatch
