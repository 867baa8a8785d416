// SPDX-License-Identifier: Apache-2.0
#include "ports/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>

#include <map>
#include <string>

namespace bindwatch::ports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint32_t ports_in_all = 65536;
constexpr std::uint16_t mptcp = 262;

PortInfo known_class(std::uint32_t port, std::uint16_t protocol) {
    const auto info = classify(port, protocol);
    EXPECT_TRUE(info) << port << " on protocol " << protocol;
    return info.value_or(PortInfo{});
}

Details known_details(std::uint32_t port, std::uint16_t protocol) {
    const auto all = details(port, protocol);
    EXPECT_TRUE(all) << port << " on protocol " << protocol;
    return all.value_or(Details{});
}

/// How many of all ports the registry's copy puts into each status, overrides not applied.
std::map<RegistryStatus, int> counts_of(std::uint16_t protocol) {
    std::map<RegistryStatus, int> counts;
    for (std::uint32_t port = 0; port < ports_in_all; ++port) {
        ++counts[known_details(port, protocol).registry_status];
    }
    return counts;
}

/// The same from classify(), which has the overrides in it.
std::map<Status, int> classified(std::uint16_t protocol) {
    std::map<Status, int> counts;
    for (std::uint32_t port = 0; port < ports_in_all; ++port) {
        ++counts[known_class(port, protocol).status];
    }
    return counts;
}

TEST(Registry, CountsOfTcp) {
    EXPECT_EQ(counts_of(IPPROTO_TCP), (std::map<RegistryStatus, int>{{RegistryStatus::assigned, 6155},
                                                                     {RegistryStatus::unassigned, 42721},
                                                                     {RegistryStatus::reserved, 250},
                                                                     {RegistryStatus::withdrawn, 9},
                                                                     {RegistryStatus::absent, 17},
                                                                     {RegistryStatus::dynamic, 16384}}));
}

TEST(Registry, CountsOfUdp) {
    EXPECT_EQ(counts_of(IPPROTO_UDP), (std::map<RegistryStatus, int>{{RegistryStatus::assigned, 5764},
                                                                     {RegistryStatus::unassigned, 42723},
                                                                     {RegistryStatus::reserved, 635},
                                                                     {RegistryStatus::withdrawn, 11},
                                                                     {RegistryStatus::absent, 19},
                                                                     {RegistryStatus::dynamic, 16384}}));
}

// The registry's counts with one port moved by ports/overrides.csv: 1683, from assigned to unassigned.
TEST(Registry, ClassifyCountsWithdrawnAsReservedAndAbsentAsUnassigned) {
    EXPECT_EQ(classified(IPPROTO_TCP), (std::map<Status, int>{{Status::assigned, 6155 - 1},
                                                              {Status::unassigned, 42721 + 17 + 1},
                                                              {Status::reserved, 250 + 9},
                                                              {Status::dynamic, 16384}}));
    EXPECT_EQ(classified(IPPROTO_UDP), (std::map<Status, int>{{Status::assigned, 5764 - 1},
                                                              {Status::unassigned, 42723 + 19 + 1},
                                                              {Status::reserved, 635 + 11},
                                                              {Status::dynamic, 16384}}));
}

TEST(Registry, OnlyPort1683DiffersFromTheRegistry) {
    for (const std::uint16_t protocol : registry_protocols) {
        for (std::uint32_t port = 0; port < ports_in_all; ++port) {
            const auto all = known_details(port, protocol);
            const bool moved =
                all.registry_status == RegistryStatus::assigned && all.info.status != Status::assigned;
            const bool expected = port == 1683 && (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP);
            ASSERT_EQ(moved, expected) << port << " on protocol " << protocol;
        }
    }
}

TEST(Registry, Port1683IsUnassignedButListed) {
    for (const std::uint16_t protocol : {IPPROTO_TCP, IPPROTO_UDP}) {
        const auto info = known_class(1683, protocol);
        EXPECT_EQ(info.tier, Tier::user);
        EXPECT_EQ(info.status, Status::unassigned);
        EXPECT_EQ(info.listed_as, "ncpm-hip");
        EXPECT_EQ(info.service, "");
        EXPECT_THAT(std::string(info.note), HasSubstr("undated and without a reference"));
    }
    const auto sctp = known_class(1683, IPPROTO_SCTP);
    EXPECT_EQ(sctp.status, Status::unassigned);
    EXPECT_EQ(sctp.listed_as, "");
}

TEST(Registry, DetailsOf1683KeepTheRow) {
    const auto all = known_details(1683, IPPROTO_TCP);
    EXPECT_EQ(all.registry_status, RegistryStatus::assigned);
    EXPECT_FALSE(all.override_reason.empty());
    EXPECT_FALSE(all.override_source.empty());
    ASSERT_EQ(all.rows.size(), 1U);
    EXPECT_EQ(all.rows[0].service, "ncpm-hip");
    EXPECT_EQ(all.rows[0].assignee, "[Ken_Hearn]");
    EXPECT_EQ(all.rows[0].registered, "");
    EXPECT_EQ(all.rows[0].reference, "");
}

TEST(Registry, ServicesAndDescriptions) {
    const auto https = known_class(443, IPPROTO_TCP);
    EXPECT_EQ(https.status, Status::assigned);
    EXPECT_EQ(https.service, "https");
    EXPECT_EQ(https.description, "http protocol over TLS/SSL");
    EXPECT_EQ(known_class(5432, IPPROTO_TCP).service, "postgresql");
    EXPECT_EQ(known_class(1684, IPPROTO_UDP).service, "snaresecure");
    EXPECT_EQ(known_class(6010, IPPROTO_TCP).service, "x11") << "a range";
    EXPECT_EQ(known_class(4250, IPPROTO_SCTP).service, "vrml-multi-use") << "a row of every transport";
    const auto nameless = known_class(24, IPPROTO_TCP);
    EXPECT_EQ(nameless.status, Status::assigned);
    EXPECT_EQ(nameless.service, "");
    EXPECT_EQ(nameless.description, "any private mail system");
}

TEST(Registry, StatusDiffersPerTransport) {
    EXPECT_EQ(known_class(7775, IPPROTO_TCP).status, Status::assigned) << "within an unassigned range, too";
    EXPECT_EQ(known_class(7775, IPPROTO_UDP).status, Status::reserved);
    EXPECT_EQ(known_class(2376, IPPROTO_TCP).status, Status::assigned);
    EXPECT_EQ(known_class(2376, IPPROTO_UDP).status, Status::unassigned) << "in no row";
    EXPECT_EQ(known_class(80, IPPROTO_SCTP).description, "HTTP");
    EXPECT_EQ(known_class(80, IPPROTO_DCCP).status, Status::unassigned);
    EXPECT_EQ(known_class(9, IPPROTO_DCCP).service, "discard");
}

TEST(Registry, EdgesOfTheRangesAreReserved) {
    for (const std::uint32_t port : {0U, 1023U, 1024U, 49151U}) {
        EXPECT_EQ(known_class(port, IPPROTO_TCP).status, Status::reserved) << port;
    }
    EXPECT_EQ(known_class(49152, IPPROTO_TCP).status, Status::dynamic);
    EXPECT_EQ(known_class(65535, IPPROTO_UDP).status, Status::dynamic);
}

TEST(Registry, Tiers) {
    EXPECT_EQ(tier_of(0), Tier::system);
    EXPECT_EQ(tier_of(1023), Tier::system);
    EXPECT_EQ(tier_of(1024), Tier::user);
    EXPECT_EQ(tier_of(49151), Tier::user);
    EXPECT_EQ(tier_of(49152), Tier::dynamic);
    EXPECT_EQ(tier_of(65535), Tier::dynamic);
    EXPECT_EQ(known_class(1024, IPPROTO_UDP).tier, Tier::user);
    EXPECT_EQ(known_class(1023, IPPROTO_UDP).tier, Tier::system);
}

TEST(Registry, WithdrawnRowsSayWhatToUseInstead) {
    const auto imap = known_details(585, IPPROTO_TCP);
    EXPECT_EQ(imap.registry_status, RegistryStatus::withdrawn);
    EXPECT_EQ(imap.info.status, Status::reserved);
    EXPECT_EQ(imap.info.description, "De-registered");
    EXPECT_EQ(imap.info.note, "Use of 585 is not recommended, use 993 instead");
}

std::vector<std::string> names_of(std::uint32_t port, std::uint16_t protocol) {
    std::vector<std::string> names;
    const Details all = known_details(port, protocol);
    names.reserve(all.rows.size());
    for (const auto& row : all.rows) {
        names.emplace_back(row.service);
    }
    return names;
}

TEST(Registry, ThePrimaryNameIsNoAlias) {
    EXPECT_THAT(names_of(80, IPPROTO_TCP), ElementsAre("http", "www", "www-http"));
    EXPECT_THAT(names_of(63, IPPROTO_TCP), ElementsAre("whoispp", "whois++"));
    EXPECT_THAT(names_of(465, IPPROTO_TCP), ElementsAre("submissions", "urd")) << "the one with an RFC";
    EXPECT_THAT(names_of(2049, IPPROTO_TCP), ElementsAre("nfs", "shilp")) << "the one with a description";
    EXPECT_THAT(names_of(42, IPPROTO_TCP), ElementsAre("name", "nameserver")) << "the first";
    EXPECT_EQ(known_class(2049, IPPROTO_TCP).service, "nfs");
    const auto whois = known_details(63, IPPROTO_TCP);
    EXPECT_FALSE(whois.rows[0].alias);
    EXPECT_TRUE(whois.rows[1].alias);
}

TEST(Registry, DescriptionsAreOneLine) {
    for (const std::uint16_t protocol : registry_protocols) {
        for (std::uint32_t port = 0; port < ports_in_all; ++port) {
            const auto info = known_class(port, protocol);
            ASSERT_EQ(info.description.find('\n'), std::string_view::npos) << port;
            ASSERT_EQ(info.note.find('\n'), std::string_view::npos) << port;
            ASSERT_EQ(info.description.find("IANA assigned this"), std::string_view::npos) << port;
        }
    }
    EXPECT_EQ(known_class(6501, IPPROTO_TCP).description, "BoKS Servc");
    EXPECT_EQ(known_class(4413, IPPROTO_TCP).description, "FORT\u00c9 Vision Monitoring platform");
}

TEST(Registry, UnauthorizedUseIsTheNote) {
    EXPECT_EQ(known_class(8888, IPPROTO_TCP).note, "Known Unauthorized Use on port 8888");
    EXPECT_EQ(known_class(80, IPPROTO_TCP).note, "") << "DNS-SD remarks are not for events";
}

TEST(Registry, TransportsThatBorrowNumbers) {
    for (std::uint32_t port = 0; port < ports_in_all; ++port) {
        ASSERT_EQ(known_class(port, IPPROTO_UDPLITE).service, known_class(port, IPPROTO_UDP).service) << port;
        ASSERT_EQ(known_class(port, IPPROTO_UDPLITE).status, known_class(port, IPPROTO_UDP).status) << port;
        ASSERT_EQ(known_class(port, mptcp).service, known_class(port, IPPROTO_TCP).service) << port;
        ASSERT_EQ(known_class(port, mptcp).status, known_class(port, IPPROTO_TCP).status) << port;
    }
}

TEST(Registry, NullWithoutARegistry) {
    EXPECT_FALSE(classify(80, IPPROTO_GRE));
    EXPECT_FALSE(classify(80, 0));
    EXPECT_FALSE(classify(65536, IPPROTO_TCP));
    EXPECT_FALSE(details(80, IPPROTO_GRE));
    EXPECT_FALSE(details(65536, IPPROTO_UDP));
}

TEST(Registry, Date) {
    EXPECT_EQ(registry_date(), "2026-08-17");
}

} // namespace
} // namespace bindwatch::ports
