// SPDX-License-Identifier: Apache-2.0
#include "cli/explain.hpp"
#include "support/flat_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bindwatch {
namespace {

using testing::HasSubstr;

using Json = std::map<std::string, std::string>;

Json json_of(std::uint32_t port, std::optional<std::uint16_t> protocol = {}) {
    const auto line =
        explain_json({.queries = {{.port = port, .protocol = protocol}}, .format = Format::json});
    EXPECT_EQ(std::ranges::count(line, '\n'), 1);
    EXPECT_TRUE(line.ends_with('\n'));
    const auto json = test::flatten_json(line);
    EXPECT_TRUE(json) << line;
    return json.value_or(Json{});
}

std::string meaning_of(const Json& json) {
    std::string text;
    for (const auto& [path, value] : json) {
        if (path.starts_with("/meaning/")) {
            text.append(value).append("\n");
        }
    }
    return text;
}

struct Expected {
    std::uint32_t port;
    std::string_view tier, status, service, listed_as, registry_status, meaning;
};

class ExplainJsonPorts : public testing::TestWithParam<Expected> {};

TEST_P(ExplainJsonPorts, SaysTheFacts) {
    const auto& expected = GetParam();
    for (const std::uint16_t protocol : {IPPROTO_TCP, IPPROTO_UDP}) {
        const auto json = json_of(expected.port, protocol);
        EXPECT_EQ(json.at("/schema"), "bindwatch-explain/1");
        EXPECT_EQ(json.at("/port"), std::to_string(expected.port));
        EXPECT_EQ(json.at("/registry_date"), "2026-08-17");
        EXPECT_EQ(json.at("/transports/0/transport"), protocol == IPPROTO_TCP ? "tcp" : "udp");
        EXPECT_FALSE(json.contains("/transports/1/transport"));
        EXPECT_EQ(json.at("/transports/0/tier"), expected.tier);
        EXPECT_EQ(json.at("/transports/0/status"), expected.status);
        EXPECT_EQ(json.at("/transports/0/service"), expected.service);
        EXPECT_EQ(json.at("/transports/0/listed_as"), expected.listed_as);
        EXPECT_EQ(json.at("/transports/0/registry_status"), expected.registry_status);
        EXPECT_THAT(meaning_of(json), HasSubstr(std::string(expected.meaning)));
        EXPECT_EQ(json.at("/commands/0/platform"), "linux");
        EXPECT_EQ(json.at("/links/0/url"), "https://isc.sans.edu/data/port/" + json.at("/port"));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Ports, ExplainJsonPorts,
    testing::Values(
        Expected{1683, "user", "unassigned", "null", "ncpm-hip", "assigned",
                 "port databases repeat an artifact"},
        Expected{80, "system", "assigned", "http", "null", "assigned", "CAP_NET_BIND_SERVICE"},
        Expected{443, "system", "assigned", "https", "null", "assigned", "the name https"},
        Expected{0, "system", "reserved", "null", "null", "reserved", "asks the kernel to choose"},
        Expected{1024, "user", "reserved", "null", "null", "reserved", "edges of the ranges"},
        Expected{49151, "user", "reserved", "null", "null", "reserved", "net.ipv4.ip_local_reserved_ports"},
        Expected{49152, "dynamic", "dynamic", "null", "null", "dynamic", "RFC 6335 section 8.1.2"},
        Expected{65535, "dynamic", "dynamic", "null", "null", "dynamic", "Linux stops at 60999"},
        Expected{5432, "user", "assigned", "postgresql", "null", "assigned", "the name postgresql"},
        Expected{1684, "user", "assigned", "snaresecure", "null", "assigned", "the name snaresecure"},
        Expected{585, "system", "reserved", "null", "null", "withdrawn", "taken back"},
        Expected{4502, "user", "unassigned", "null", "null", "absent", "No service has this number"}),
    [](const auto& port) { return "port_" + std::to_string(port.param.port); });

TEST(ExplainJson, OverrideHasReasonAndSource) {
    const auto json = json_of(1683, IPPROTO_TCP);
    EXPECT_EQ(json.at("/transports/0/override/reason"), json.at("/transports/0/note"));
    EXPECT_THAT(json.at("/transports/0/override/source"), HasSubstr("IANA registry"));
    EXPECT_EQ(json.at("/transports/0/rows/0/service"), "ncpm-hip");
    EXPECT_EQ(json_of(1684, IPPROTO_TCP).at("/transports/0/override"), "null");
}

TEST(ExplainJson, EveryTransportAndRow) {
    const auto json = json_of(80);
    EXPECT_EQ(json.at("/query"), "80");
    EXPECT_EQ(json.at("/transports/2/transport"), "sctp");
    EXPECT_EQ(json.at("/transports/3/transport"), "dccp");
    EXPECT_EQ(json.at("/transports/3/rows"), "[]");
    EXPECT_EQ(json.at("/transports/0/rows/0/service"), "http");
    EXPECT_EQ(json.at("/transports/0/rows/0/alias"), "false");
    EXPECT_EQ(json.at("/transports/0/rows/0/registered"), "null");
    EXPECT_EQ(json.at("/transports/0/rows/0/references/0"), "RFC9110");
    EXPECT_EQ(json.at("/transports/0/rows/0/assignees/0"), "IESG");
    EXPECT_EQ(json.at("/transports/0/rows/0/last_port"), "80");
    EXPECT_EQ(json.at("/transports/0/rows/1/service"), "www");
    EXPECT_EQ(json.at("/transports/0/rows/1/alias"), "true");
    EXPECT_TRUE(json.contains("/transports/0/rows/2/service"));
    EXPECT_FALSE(json.contains("/transports/0/rows/3/service"));
}

TEST(ExplainJson, ARangeIsARange) {
    const auto json = json_of(6010, IPPROTO_TCP);
    EXPECT_EQ(json.at("/transports/0/rows/0/first_port"), "6000");
    EXPECT_EQ(json.at("/transports/0/rows/0/last_port"), "6063");
}

TEST(ExplainJson, WhatHasNoAnswer) {
    const auto json = json_of(80, IPPROTO_GRE);
    EXPECT_EQ(json.at("/query"), "80/ip-47");
    EXPECT_EQ(json.at("/transports"), "[]");
    EXPECT_EQ(json.at("/commands"), "[]");
    EXPECT_THAT(meaning_of(json), HasSubstr("no port registry"));
}

// Every text of the registry comes through as valid JSON of valid UTF-8, the odd old ones too.
TEST(ExplainJson, EveryPortIsValid) {
    for (std::uint32_t port = 0; port < 49152; port += port < 10000 ? 1 : 251) {
        ASSERT_TRUE(test::flatten_json(
            explain_json({.queries = {{.port = port, .protocol = {}}}, .format = Format::json})))
            << port;
    }
}

TEST(ExplainJson, AQueryIsALine) {
    const auto lines =
        explain_json({.queries = {{.port = 80}, {.port = 1683}, {.port = 0}}, .format = Format::json});
    EXPECT_EQ(std::ranges::count(lines, '\n'), 3);
    EXPECT_THAT(lines, HasSubstr("}\n{\"schema\":\"bindwatch-explain/1\",\"query\":\"1683\","));
}

} // namespace
} // namespace bindwatch
