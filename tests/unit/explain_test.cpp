// SPDX-License-Identifier: Apache-2.0
#include "cli/explain.hpp"
#include "cli/explain_facts.hpp"
#include "cli/wrap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>

#include <algorithm>
#include <sstream>

namespace bindwatch {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string raw_text_of(std::uint32_t port, std::optional<std::uint16_t> protocol = {}, bool color = false) {
    return explain_text({.queries = {{.port = port, .protocol = protocol}}, .format = Format::text}, color);
}

/// With runs of blanks and line breaks made one space, so that a fact may be wrapped anywhere.
std::string text_of(std::uint32_t port, std::optional<std::uint16_t> protocol = {}) {
    std::istringstream words(raw_text_of(port, protocol));
    std::string flat;
    for (std::string word; words >> word;) {
        flat += word;
        flat += ' ';
    }
    return flat;
}

TEST(ExplainText, Port1683) {
    const auto text = text_of(1683);
    EXPECT_THAT(text,
                StartsWith("Port 1683, user tier (1024-49151) tcp, udp unassigned, but listed as ncpm-hip "));
    EXPECT_THAT(text, HasSubstr("undated and without a reference"));
    EXPECT_THAT(text, HasSubstr("treats the port as unassigned"));
    EXPECT_THAT(text,
                HasSubstr("put there deliberately. That is an application or game server, a development "
                          "server on a convenient number, or something to investigate"));
    EXPECT_THAT(text, HasSubstr("a probe of this one, in a firewall's log, means nothing by itself"));
    EXPECT_THAT(text, HasSubstr("Where nothing listens the port is closed"));
    EXPECT_THAT(text, HasSubstr("https://isc.sans.edu/data/port/1683 "));
    EXPECT_THAT(text, HasSubstr("registry of 2026-08-17"));
}

TEST(ExplainText, CommandsOfEverySystem) {
    const auto text = text_of(1683);
    EXPECT_THAT(text,
                AllOf(HasSubstr("Linux sudo bindwatch -p 1683 every claim from now on "),
                      HasSubstr("sudo ss -lntup 'sport = :1683' "), HasSubstr("sudo lsof -nP -i :1683 "),
                      HasSubstr("sudo netstat -lntup | grep ':1683 ' "),
                      HasSubstr("macOS sudo lsof -nP -i :1683 netstat -anv | grep '[.]1683 ' "),
                      HasSubstr("Windows netstat -ano | findstr /c:\":1683 \" "),
                      HasSubstr("Get-NetTCPConnection -LocalPort 1683 "),
                      HasSubstr("Get-NetUDPEndpoint -LocalPort 1683 ")));
}

TEST(ExplainText, Port80) {
    const auto text = text_of(80);
    EXPECT_THAT(text,
                StartsWith("Port 80, system tier (0-1023) tcp, udp assigned to http: World Wide Web HTTP "
                           "RFC9110; assignee IESG; modified 2021-10-01 also www, another name of it also "
                           "www-http, another name of it sctp assigned to http: HTTP RFC9260;"));
    EXPECT_THAT(text, HasSubstr("dccp unassigned: in no row of the registry"));
    EXPECT_THAT(text, HasSubstr("Compare the holder with the name http;"));
    EXPECT_THAT(text,
                AllOf(HasSubstr("CAP_NET_BIND_SERVICE"), HasSubstr("net.ipv4.ip_unprivileged_port_start")));
    EXPECT_THAT(text, Not(HasSubstr("unauthorized")));
}

TEST(ExplainText, Port443OnUdp) {
    const auto text = text_of(443, IPPROTO_UDP);
    EXPECT_THAT(text, StartsWith("Port 443/udp, system tier (0-1023) udp assigned to https: "));
    EXPECT_THAT(text, HasSubstr("HTTP/3 over QUIC (RFC 9114"));
    EXPECT_THAT(text, AllOf(HasSubstr("sudo bindwatch -p 443 --proto udp "), HasSubstr("sudo ss -lnup "),
                            HasSubstr("Get-NetUDPEndpoint"), Not(HasSubstr("Get-NetTCPConnection")),
                            HasSubstr("lsof -nP -iUDP:443")));
}

TEST(ExplainText, Port0AsksTheKernelToChoose) {
    const auto text = text_of(0);
    EXPECT_THAT(text, HasSubstr("tcp, udp reserved RFC6335"));
    EXPECT_THAT(text, HasSubstr("asks the kernel to choose a free one"));
    EXPECT_THAT(text, HasSubstr("No socket ever holds port 0"));
    EXPECT_THAT(text, HasSubstr("sysctl net.ipv4.ip_local_port_range"));
    EXPECT_THAT(
        text, AllOf(Not(HasSubstr("-p 0")), Not(HasSubstr("lsof")), Not(HasSubstr("CAP_NET_BIND_SERVICE"))));
}

TEST(ExplainText, Port1024IsReservedAndNeedsNoCapability) {
    const auto text = text_of(1024);
    EXPECT_THAT(text, StartsWith("Port 1024, user tier (1024-49151) tcp, udp reserved "));
    EXPECT_THAT(text, HasSubstr("edges of the ranges are reserved"));
    EXPECT_THAT(text, AllOf(Not(HasSubstr("CAP_NET_BIND_SERVICE")), Not(HasSubstr("ip_local_port_range"))));
}

TEST(ExplainText, Port49151IsReservedAndHandedOutByLinux) {
    const auto text = text_of(49151);
    EXPECT_THAT(text, StartsWith("Port 49151, user tier (1024-49151) tcp, udp, sctp, dccp reserved "));
    EXPECT_THAT(text, HasSubstr("edges of the ranges are reserved"));
    EXPECT_THAT(text, HasSubstr("Linux hands out 32768-60999 to clients by default"));
    EXPECT_THAT(text, HasSubstr("net.ipv4.ip_local_reserved_ports"));
}

TEST(ExplainText, TheDynamicTier) {
    for (const std::uint32_t port : {49152U, 65535U}) {
        const auto text = text_of(port);
        EXPECT_THAT(text,
                    HasSubstr(", dynamic tier (49152-65535) tcp, udp, sctp, dccp dynamic: never assigned"));
        EXPECT_THAT(text, AllOf(HasSubstr("ephemeral range"), HasSubstr("RFC 6335 section 8.1.2")));
        EXPECT_THAT(text, HasSubstr("let it bind port 0"));
    }
    EXPECT_THAT(text_of(49152), Not(HasSubstr("Linux stops at 60999")));
    EXPECT_THAT(text_of(65535), HasSubstr("Linux stops at 60999"));
}

TEST(ExplainText, Ports5432And1684AreAssigned) {
    EXPECT_THAT(text_of(5432),
                HasSubstr("tcp, udp assigned to postgresql: PostgreSQL Database assignee Tom Lane "));
    EXPECT_THAT(text_of(5432), Not(HasSubstr("CAP_NET_BIND_SERVICE")));
    EXPECT_THAT(text_of(1684),
                HasSubstr("tcp, udp assigned to snaresecure: SnareSecure assignee Marty Batchelder "));
    EXPECT_THAT(text_of(1684), Not(HasSubstr("listed as")));
}

TEST(ExplainText, WithdrawnAndUnauthorized) {
    EXPECT_THAT(text_of(585),
                AllOf(HasSubstr("reserved, withdrawn: De-registered"), HasSubstr("use 993 instead"),
                      HasSubstr("registered once and the registration was taken back. ")));
    EXPECT_THAT(text_of(8888), HasSubstr("IANA: Known Unauthorized Use on port 8888"));
}

TEST(ExplainText, AStatusOfOneTransportIsSaidSo) {
    const auto text = text_of(2376);
    EXPECT_THAT(text, HasSubstr("tcp assigned to docker-s: "));
    EXPECT_THAT(text, HasSubstr("udp, sctp, dccp unassigned: in no row of the registry"));
    EXPECT_THAT(text, HasSubstr("No service has this number on udp, so none"));
}

TEST(ExplainText, TransportsThatBorrowNumbers) {
    const auto lite = text_of(80, IPPROTO_UDPLITE);
    EXPECT_THAT(lite,
                AllOf(StartsWith("Port 80/udplite"), HasSubstr("uses those of UDP (RFC 3828 section 6.1)"),
                      HasSubstr("grep -h ':0050 ' /proc/net/udplite*"), Not(HasSubstr("Windows netstat"))));
    EXPECT_THAT(text_of(80, 262),
                AllOf(StartsWith("Port 80/mptcp"), HasSubstr("uses those of TCP (RFC 8684)"),
                      HasSubstr("sudo ss -lntMp ")));
    EXPECT_THAT(text_of(80, IPPROTO_SCTP),
                AllOf(HasSubstr("assigned to http: HTTP"), HasSubstr("sudo ss -lnSp ")));
}

TEST(ExplainText, WhatHasNoAnswer) {
    EXPECT_EQ(text_of(65536), "Port 65536 What it means - 65536 is no port: ports end at 65535. ");
    EXPECT_THAT(text_of(80, IPPROTO_GRE), HasSubstr("ip-47 has no port registry"));
}

TEST(ExplainText, NoCommandThatDoesNotExist) {
    for (const std::uint32_t port : {0U, 80U, 1683U, 65535U}) {
        EXPECT_THAT(text_of(port), Not(HasSubstr("bindwatch who"))) << port;
    }
}

// All ports would take a minute under the sanitizers; every 7th meets each kind of row.
TEST(ExplainText, FitsEightyColumnsAndHasNoControlBytes) {
    for (std::uint32_t port = 0; port < 65536; port += port < 10000 ? 7 : 501) {
        std::istringstream lines(raw_text_of(port));
        for (std::string line; std::getline(lines, line);) {
            ASSERT_LE(columns_of(line), 80U) << port << ": " << line;
            ASSERT_TRUE(std::ranges::none_of(line, [](char c) {
                return static_cast<unsigned char>(c) < ' ';
            })) << line;
        }
    }
}

TEST(ExplainText, ColorChangesNoLetter) {
    const auto plain = raw_text_of(1683);
    auto colored = raw_text_of(1683, {}, true);
    EXPECT_THAT(colored, HasSubstr("\033[33munassigned\033[0m, but listed as"));
    EXPECT_EQ(plain.find('\033'), std::string::npos);
    for (std::size_t at = 0; (at = colored.find("\033[", at)) != std::string::npos;) {
        colored.erase(at, colored.find('m', at) - at + 1);
    }
    EXPECT_EQ(colored, plain);
}

TEST(ExplainText, QueriesAreBlocks) {
    const auto text =
        explain_text({.queries = {{.port = 80}, {.port = 1683}}, .format = Format::text}, false);
    EXPECT_THAT(text, StartsWith("Port 80,"));
    EXPECT_THAT(text, HasSubstr("\n\nPort 1683,"));
    EXPECT_THAT(text, Not(testing::EndsWith("\n\n")));
}

TEST(ExplainFacts, Unbracket) {
    EXPECT_THAT(explain::unbracket("[1][RFC4727][RFC6335]"), ElementsAre("RFC4727", "RFC6335"));
    EXPECT_THAT(explain::unbracket("[Tom_Lane]"), ElementsAre("Tom Lane"));
    EXPECT_THAT(explain::unbracket("[SAP_2]"), ElementsAre("SAP"));
    EXPECT_THAT(explain::unbracket("no brackets"), ElementsAre("no brackets"));
    EXPECT_THAT(explain::unbracket("[never closed"), ElementsAre("[never closed"));
    EXPECT_THAT(explain::unbracket(""), ElementsAre());
}

} // namespace
} // namespace bindwatch
