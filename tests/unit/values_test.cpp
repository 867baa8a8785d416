// SPDX-License-Identifier: Apache-2.0
#include "cli/values.hpp"

#include <bindwatch/names.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <limits>
#include <string>

namespace bindwatch {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(SplitList, CommasSeparate) {
    EXPECT_THAT(*split_list("a"), ElementsAre("a"));
    EXPECT_THAT(*split_list("a,b,c"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(*split_list(""), ElementsAre(""));
}

TEST(SplitList, AnEscapedCommaDoesNot) {
    EXPECT_THAT(*split_list("a\\,b,c"), ElementsAre("a,b", "c"));
    EXPECT_THAT(*split_list("\\*\\"), ElementsAre("\\*\\"));
}

TEST(SplitList, EmptyEntriesAreErrors) {
    for (const auto* words : {",", "a,", ",a", "a,,b", "80,,81"}) {
        const auto list = split_list(words);
        ASSERT_FALSE(list) << words;
        EXPECT_EQ(list.error().code, ExitCode::usage);
        EXPECT_EQ(list.error().message, "'" + std::string(words) + "' has an empty entry between its commas");
    }
}

TEST(ParsePorts, EveryPortAndNoOther) {
    for (std::uint32_t port = 0; port <= 70'000; ++port) {
        const auto range = parse_ports(std::to_string(port));
        ASSERT_EQ(range.has_value(), port >= 1 && port <= 65535) << port;
        if (range) {
            ASSERT_EQ(range->first, port);
            ASSERT_EQ(range->last, port);
        }
    }
}

TEST(ParsePorts, Ranges) {
    for (const auto& [word, first, last] :
         {std::tuple{"8000-8999", 8000U, 8999U}, {"1-65535", 1U, 65535U}, {"80-80", 80U, 80U}}) {
        const auto range = parse_ports(word);
        ASSERT_TRUE(range) << word;
        EXPECT_EQ(range->first, first);
        EXPECT_EQ(range->last, last);
    }
}

TEST(ParsePorts, AWordOfRandomBytesIsAPortOnlyIfItIsOne) {
    constexpr std::string_view alphabet = "0123456789-+ ex,/\x1b\xff";
    std::uint32_t state = 1683;
    for (int round = 0; round < 100'000; ++round) {
        std::string word;
        for (std::uint32_t length = (state >> 8U) % 7; length > 0; --length) {
            state = state * 1664525U + 1013904223U;
            word += alphabet[(state >> 16U) % alphabet.size()];
        }
        state = state * 1664525U + 1013904223U;
        if (const auto range = parse_ports(word)) {
            ASSERT_LE(1U, range->first) << word;
            ASSERT_LE(range->first, range->last) << word;
            ASSERT_LE(range->last, 65535U) << word;
            ASSERT_EQ(word.find_first_not_of("0123456789-"), std::string::npos) << word;
        } else {
            ASSERT_EQ(range.error().code, ExitCode::usage);
            ASSERT_EQ(range.error().message.find_first_of("\n\x1b\xff"), std::string::npos);
        }
    }
}

TEST(ParsePortQuery, PortAndTransport) {
    EXPECT_EQ(parse_port_query("0")->port, 0U);
    EXPECT_EQ(parse_port_query("65535")->port, 65535U);
    EXPECT_EQ(parse_port_query("443")->protocol, std::nullopt);
    EXPECT_EQ(parse_port_query("443/udp")->protocol, 17);
    EXPECT_EQ(parse_port_query("443/udp")->port, 443U);
    for (const auto* word : {"", "65536", "-1", "80-90", "abc", "80/", "80/tpc", "80/vsock", "/tcp",
                             "80/tcp/udp", " 80", "80,81"}) {
        const auto query = parse_port_query(word);
        ASSERT_FALSE(query) << word;
        EXPECT_TRUE(query.error().message.starts_with("'" + std::string(word) + "' "))
            << query.error().message;
    }
}

TEST(ParseTransport, NamesNumbersAndVsock) {
    EXPECT_EQ(parse_transport("tcp")->protocol, 6);
    EXPECT_FALSE(parse_transport("tcp")->vsock);
    EXPECT_EQ(parse_transport("mptcp")->protocol, 262);
    EXPECT_EQ(parse_transport("ip-47")->protocol, 47);
    EXPECT_TRUE(parse_transport("vsock")->vsock);
    EXPECT_FALSE(parse_transport("TCP"));
    EXPECT_FALSE(parse_transport("6"));
}

template <typename Value, typename Parse>
void expect_every_name(std::initializer_list<Value> values, Parse parse) {
    for (const Value value : values) {
        ASSERT_TRUE(parse(name_of(value))) << name_of(value);
        EXPECT_EQ(*parse(name_of(value)), value);
    }
    EXPECT_FALSE(parse(""));
    EXPECT_FALSE(parse("Bind"));
}

TEST(ParseChoice, TheContractsWords) {
    expect_every_name({Family::ipv4, Family::ipv6, Family::vsock}, parse_family);
    expect_every_name({EventKind::bind, EventKind::listen, EventKind::release}, parse_event);
    expect_every_name({Status::assigned, Status::unassigned, Status::reserved, Status::dynamic},
                      parse_status);
    EXPECT_EQ(*parse_plan("auto"), Plan::automatic);
    EXPECT_EQ(*parse_plan("fentry"), Plan::fentry);
    EXPECT_EQ(*parse_plan("cgroup"), Plan::cgroup);
    EXPECT_EQ(*parse_plan("syscall"), Plan::syscall);
    EXPECT_EQ(*parse_color("auto"), ColorMode::automatic);
    EXPECT_EQ(*parse_color("always"), ColorMode::always);
    EXPECT_EQ(*parse_color("never"), ColorMode::never);
    EXPECT_EQ(parse_plan("kprobe").error().message,
              "'kprobe' is not a probe plan (auto, fentry, cgroup, syscall)");
}

TEST(ParseCidr, ClearsTheHostsBitsAndKeepsTheText) {
    const auto network = parse_cidr("10.1.2.3/9");
    ASSERT_TRUE(network);
    EXPECT_EQ(to_string(network->network), "10.0.0.0");
    EXPECT_EQ(network->prefix, 9U);
    EXPECT_EQ(network->text, "10.1.2.3/9");
}

TEST(ParseCidr, AnAddressAloneIsItself) {
    EXPECT_EQ(parse_cidr("127.0.0.1")->prefix, 32U);
    EXPECT_EQ(parse_cidr("::1")->prefix, 128U);
    EXPECT_EQ(to_string(parse_cidr("fe80::1/10")->network), "fe80::");
    EXPECT_EQ(to_string(parse_cidr("::ffff:1.2.3.4/128")->network), "::ffff:1.2.3.4");
    EXPECT_EQ(to_string(parse_cidr("ffff::1/0")->network), "::");
}

TEST(ParseCidr, BadOnes) {
    for (const auto* word :
         {"", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "localhost",
          "fe80::1%eth0", "[::1]", "1.2.3.4:80", "0x7f.1", " ::1", "10.0.0.0/8 "}) {
        const auto cidr = parse_cidr(word);
        ASSERT_FALSE(cidr) << word;
        EXPECT_TRUE(cidr.error().message.starts_with("'" + std::string(word) + "' ")) << cidr.error().message;
    }
}

TEST(ParseDuration, UnitsAndPlainSeconds) {
    EXPECT_EQ(*parse_duration("500ms"), 500ms);
    EXPECT_EQ(*parse_duration("10s"), 10s);
    EXPECT_EQ(*parse_duration("10"), 10s);
    EXPECT_EQ(*parse_duration("2m"), 2min);
    EXPECT_EQ(*parse_duration("1h"), 1h);
    EXPECT_EQ(*parse_duration("2562047h"), 2562047h);
}

TEST(ParseDuration, BadOnes) {
    for (const auto* word : {"", "0", "0s", "s", "-1s", "1.5s", "1e3", "10 s", "10S", "1d", "10sec",
                             "2562048h", "18446744073709551616", "18446744073709551615h"}) {
        const auto duration = parse_duration(word);
        ASSERT_FALSE(duration) << word;
        EXPECT_TRUE(duration.error().message.starts_with("'" + std::string(word) + "' "));
    }
}

TEST(ParseRingSize, PowersOfTwoFromOnePageToOneGibibyte) {
    EXPECT_EQ(*parse_ring_size("4K"), 4096U);
    EXPECT_EQ(*parse_ring_size("4096"), 4096U);
    EXPECT_EQ(*parse_ring_size("16M"), 16U << 20U);
    EXPECT_EQ(*parse_ring_size("1G"), 1U << 30U);
    EXPECT_EQ(*parse_ring_size("1024M"), 1U << 30U);
    for (const auto* word : {"", "0", "2K", "2048", "5000", "12K", "2G", "1T", "4k", "K", "-4K", "4KiB",
                             "4.0K", "17179869184G", "18446744073709551615"}) {
        const auto size = parse_ring_size(word);
        ASSERT_FALSE(size) << word;
        EXPECT_TRUE(size.error().message.starts_with("'" + std::string(word) + "' "));
    }
    EXPECT_THAT(parse_ring_size("12K").error().message, testing::HasSubstr("power of two"));
}

TEST(ParseNumber, LimitsAreInclusive) {
    EXPECT_EQ(*parse_number("1", 1, 3, "a number"), 1U);
    EXPECT_EQ(*parse_number("3", 1, 3, "a number"), 3U);
    EXPECT_EQ(parse_number("4", 1, 3, "a number").error().message, "'4' is not a number (1-3)");
    EXPECT_EQ(*parse_number("18446744073709551615", 0, std::numeric_limits<std::uint64_t>::max(), "a number"),
              std::numeric_limits<std::uint64_t>::max());
    for (const auto* word : {"", "0", "-1", "+1", "1 ", "0x1", "1.0", "18446744073709551617"}) {
        EXPECT_FALSE(parse_number(word, 1, 3, "a number")) << word;
    }
}

TEST(ParseOutput, FormatAndTarget) {
    const auto expect = [](std::string_view word, Format format, std::string_view path) {
        const auto spec = parse_output(word);
        ASSERT_TRUE(spec) << word;
        EXPECT_EQ(spec->format, format) << word;
        EXPECT_EQ(spec->path, path) << word;
    };
    expect("text", Format::text, "");
    expect("json", Format::json, "");
    expect("-", Format::text, "");
    expect("json=-", Format::json, "");
    expect("json=file:/var/log/x.json", Format::json, "/var/log/x.json");
    expect("text=file:x=y", Format::text, "x=y");
    expect("file:x=y", Format::text, "x=y");
}

TEST(ParseOutput, BadOnes) {
    for (const auto* word : {"", "xml", "JSON", "json=", "=-", "json=/tmp/x", "json=json", "/tmp/x",
                             "file:", "text=file:", "xml=file:x", "syslog:"}) {
        const auto spec = parse_output(word);
        ASSERT_FALSE(spec) << word;
        EXPECT_TRUE(spec.error().message.starts_with("'" + std::string(word) + "' "));
    }
}

} // namespace
} // namespace bindwatch
