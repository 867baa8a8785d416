// SPDX-License-Identifier: Apache-2.0
#include "cli/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <netinet/in.h>

#include <algorithm>
#include <string>

namespace bindwatch {
namespace {

using testing::HasSubstr;

rapidjson::Document json_of(std::uint32_t port, std::optional<std::uint16_t> protocol = {}) {
    const auto line =
        explain_json({.queries = {{.port = port, .protocol = protocol}}, .format = Format::json});
    EXPECT_EQ(std::ranges::count(line, '\n'), 1);
    EXPECT_EQ(line.back(), '\n');
    rapidjson::Document json;
    json.Parse<rapidjson::kParseValidateEncodingFlag>(line.c_str());
    EXPECT_FALSE(json.HasParseError()) << line;
    return json;
}

/// The member as a word: strings as they are, null as "null".
std::string word(const rapidjson::Value& object, const char* name) {
    const auto& value = object[name];
    return value.IsNull() ? "null" : value.GetString();
}

std::string all_of(const rapidjson::Value& array) {
    std::string text;
    for (const auto& item : array.GetArray()) {
        text.append(item.GetString()).append("\n");
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
        EXPECT_EQ(word(json, "schema"), "bindwatch-explain/1");
        EXPECT_EQ(json["port"].GetUint(), expected.port);
        EXPECT_EQ(word(json, "registry_date"), "2026-08-17");
        ASSERT_EQ(json["transports"].Size(), 1U);
        const auto& answer = json["transports"][0];
        EXPECT_EQ(word(answer, "transport"), protocol == IPPROTO_TCP ? "tcp" : "udp");
        EXPECT_EQ(word(answer, "tier"), expected.tier);
        EXPECT_EQ(word(answer, "status"), expected.status);
        EXPECT_EQ(word(answer, "service"), expected.service);
        EXPECT_EQ(word(answer, "listed_as"), expected.listed_as);
        EXPECT_EQ(word(answer, "registry_status"), expected.registry_status);
        EXPECT_THAT(all_of(json["meaning"]), HasSubstr(std::string(expected.meaning)));
        EXPECT_FALSE(json["commands"].Empty());
        EXPECT_EQ(word(json["links"][0], "url"),
                  "https://isc.sans.edu/data/port/" + std::to_string(expected.port));
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
    const auto& answer = json["transports"][0];
    EXPECT_EQ(word(answer["override"], "reason"), word(answer, "note"));
    EXPECT_THAT(word(answer["override"], "source"), HasSubstr("IANA registry"));
    EXPECT_EQ(word(answer["rows"][0], "service"), "ncpm-hip");
    EXPECT_TRUE(json_of(1684, IPPROTO_TCP)["transports"][0]["override"].IsNull());
}

TEST(ExplainJson, EveryTransportAndRow) {
    const auto json = json_of(80);
    EXPECT_EQ(word(json, "query"), "80");
    ASSERT_EQ(json["transports"].Size(), 4U);
    EXPECT_EQ(word(json["transports"][2], "transport"), "sctp");
    EXPECT_EQ(word(json["transports"][3], "transport"), "dccp");
    const auto& rows = json["transports"][0]["rows"];
    ASSERT_EQ(rows.Size(), 3U);
    EXPECT_EQ(word(rows[1], "service"), "www");
    EXPECT_TRUE(rows[1]["alias"].GetBool());
    EXPECT_EQ(word(rows[0], "registered"), "null");
    EXPECT_STREQ(rows[0]["references"][0].GetString(), "RFC9110");
    EXPECT_STREQ(rows[0]["assignees"][0].GetString(), "IESG");
    EXPECT_EQ(rows[0]["last_port"].GetUint(), 80U);
}

TEST(ExplainJson, ARangeIsARange) {
    const auto json = json_of(6010, IPPROTO_TCP);
    const auto& row = json["transports"][0]["rows"][0];
    EXPECT_EQ(row["first_port"].GetUint(), 6000U);
    EXPECT_EQ(row["last_port"].GetUint(), 6063U);
}

TEST(ExplainJson, WhatHasNoAnswer) {
    const auto json = json_of(80, IPPROTO_GRE);
    EXPECT_EQ(word(json, "query"), "80/ip-47");
    EXPECT_TRUE(json["transports"].Empty());
    EXPECT_TRUE(json["commands"].Empty());
    EXPECT_THAT(all_of(json["meaning"]), HasSubstr("no port registry"));
}

TEST(ExplainJson, AQueryIsALine) {
    const auto lines =
        explain_json({.queries = {{.port = 80}, {.port = 1683}, {.port = 0}}, .format = Format::json});
    EXPECT_EQ(std::ranges::count(lines, '\n'), 3);
    EXPECT_THAT(lines, HasSubstr("}\n{\"schema\":\"bindwatch-explain/1\",\"query\":\"1683\","));
}

} // namespace
} // namespace bindwatch
