// SPDX-License-Identifier: Apache-2.0
#include "filter/filters.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cerrno>
#include <functional>
#include <string_view>

namespace bindwatch {
namespace {

Address parsed(std::string_view text) {
    Address address;
    address.family = text.contains(':') ? Family::ipv6 : Family::ipv4;
    EXPECT_EQ(::inet_pton(address.family == Family::ipv6 ? AF_INET6 : AF_INET, std::string(text).c_str(),
                          address.bytes.data()),
              1)
        << text;
    return address;
}

Cidr cidr(std::string_view network, unsigned prefix) {
    return {parsed(network), prefix, std::string(network) + '/' + std::to_string(prefix)};
}

Event sample() {
    Event event;
    event.protocol = IPPROTO_TCP;
    event.family = Family::ipv4;
    event.address = parsed("10.1.2.3");
    event.port = 1683;
    event.socket.netns = 4026531840;
    event.iana = PortInfo{Tier::user, Status::unassigned};
    event.cgroup = Cgroup{231, "/system.slice/ssh.service"};
    event.container =
        Container{.id = "0123456789ab" + std::string(52, 'c'), .runtime = "docker", .name = "web"};
    Process process;
    process.pid = 2608;
    process.comm = "python3";
    process.exe = "/usr/bin/python3.11";
    process.uid = 0;
    event.process = process;
    event.alerts.push_back({"unassigned-port", Severity::warning, "…"});
    return event;
}

/// Nothing known but what every event has.
Event bare() {
    return {};
}

/// One filter, values that match sample() and values that do not.
struct Case {
    const char* name = "";
    std::function<void(Filters&)> match;
    std::function<void(Filters&)> miss;
    bool needs_fact = true; ///< bare() lacks what it asks about
};

// NOLINTNEXTLINE(readability-identifier-naming): gtest's name
void PrintTo(const Case& given, std::ostream* out) {
    *out << given.name;
}

class EveryFilter : public testing::TestWithParam<Case> {};

TEST_P(EveryFilter, MatchesByItsValue) {
    Filters filters;
    GetParam().match(filters);
    EXPECT_TRUE(matches(filters, sample()));
}

TEST_P(EveryFilter, RefusesAnotherValue) {
    Filters filters;
    GetParam().miss(filters);
    EXPECT_FALSE(matches(filters, sample()));
}

TEST_P(EveryFilter, OneOfSeveralValuesIsEnough) {
    Filters filters;
    GetParam().miss(filters);
    GetParam().match(filters);
    EXPECT_TRUE(matches(filters, sample()));
}

TEST_P(EveryFilter, AnEventWithoutTheFactDoesNotMatch) {
    Filters filters;
    GetParam().match(filters);
    EXPECT_EQ(matches(filters, bare()), !GetParam().needs_fact);
}

TEST_P(EveryFilter, IsAndedWithTheOthers) {
    Filters filters;
    GetParam().match(filters);
    filters.failed = true;
    EXPECT_FALSE(matches(filters, sample()));
    filters.failed = false;
    EXPECT_TRUE(matches(filters, sample()));
}

INSTANTIATE_TEST_SUITE_P(
    Filters, EveryFilter,
    testing::Values(
        Case{"port",
             [](Filters& f) {
                 f.ports.push_back({1683, 1683});
             },
             [](Filters& f) {
                 f.ports.push_back({1684, 65535});
             }},
        Case{"port range",
             [](Filters& f) {
                 f.ports.push_back({1600, 1683});
             },
             [](Filters& f) {
                 f.ports.push_back({1, 1682});
             }},
        Case{"proto", [](Filters& f) { f.transports.push_back({IPPROTO_TCP}); },
             [](Filters& f) { f.transports.push_back({IPPROTO_UDP}); }},
        Case{"family", [](Filters& f) { f.families.push_back(Family::ipv4); },
             [](Filters& f) { f.families.push_back(Family::ipv6); }, false},
        Case{"address", [](Filters& f) { f.addresses.push_back(cidr("10.0.0.0", 8)); },
             [](Filters& f) { f.addresses.push_back(cidr("11.0.0.0", 8)); }},
        Case{"cgroup by path",
             [](Filters& f) {
                 f.cgroups.push_back({1, "/system.slice"});
             },
             [](Filters& f) {
                 f.cgroups.push_back({2, "/user.slice"});
             }},
        Case{"cgroup by id",
             [](Filters& f) {
                 f.cgroups.push_back({231, ""});
             },
             [](Filters& f) {
                 f.cgroups.push_back({232, ""});
             }},
        Case{"container by id",
             [](Filters& f) { f.containers.push_back("0123456789ab" + std::string(52, 'c')); },
             [](Filters& f) { f.containers.push_back("0123456789ab" + std::string(52, 'd')); }},
        Case{"container by the start of its id",
             [](Filters& f) { f.containers.emplace_back("0123456789ab"); },
             [](Filters& f) { f.containers.emplace_back("123456789ab"); }},
        Case{"container by name", [](Filters& f) { f.containers.emplace_back("web"); },
             [](Filters& f) { f.containers.emplace_back("we"); }},
        Case{"containers", [](Filters& f) { f.in_container = true; },
             [](Filters& f) { f.in_container = false; }},
        Case{"pid", [](Filters& f) { f.pids.push_back(2608); }, [](Filters& f) { f.pids.push_back(2609); }},
        Case{"comm", [](Filters& f) { f.comms.emplace_back("python3"); },
             [](Filters& f) { f.comms.emplace_back("python"); }},
        Case{"exe", [](Filters& f) { f.exes.emplace_back("/usr/bin/python3.11"); },
             [](Filters& f) { f.exes.emplace_back("python3.11"); }},
        Case{"uid", [](Filters& f) { f.uids.push_back(0); }, [](Filters& f) { f.uids.push_back(1000); }},
        Case{"netns", [](Filters& f) { f.netns.push_back(4026531840); },
             [](Filters& f) { f.netns.push_back(4026531841); }},
        Case{"event", [](Filters& f) { f.events.push_back(EventKind::bind); },
             [](Filters& f) { f.events.push_back(EventKind::release); }, false},
        Case{"status", [](Filters& f) { f.statuses.push_back(Status::unassigned); },
             [](Filters& f) { f.statuses.push_back(Status::assigned); }}));

TEST(Filters, NoFilterMatchesEverything) {
    EXPECT_TRUE(matches({}, sample()));
    EXPECT_TRUE(matches({}, bare()));
}

/// An id of LXC is a name: "web" is not a short form of "web2".
TEST(Filters, OnlyAGeneratedIdOfAContainerMayBeShortened) {
    Filters filters;
    filters.containers = {"web"};
    Event event = sample();
    event.container = Container{.id = "web2", .runtime = "lxc"};
    EXPECT_FALSE(matches(filters, event));
    event.container->id = "web";
    EXPECT_TRUE(matches(filters, event));
    filters.containers = {"0123"};
    event.container->id = "0123456789abcdef0123456789abcdef-1234567890";
    EXPECT_TRUE(matches(filters, event));
}

TEST(Filters, WhatIsInNoContainerIsOutside) {
    Filters filters;
    filters.in_container = false;
    EXPECT_TRUE(matches(filters, bare()));
    EXPECT_FALSE(matches(filters, sample()));
}

TEST(Filters, PortRangesAreInclusive) {
    Filters filters;
    filters.ports = {{100, 200}};
    Event event = sample();
    for (const auto& [port, expected] : {std::pair{99U, false}, {100U, true}, {200U, true}, {201U, false}}) {
        event.port = port;
        EXPECT_EQ(matches(filters, event), expected) << port;
    }
}

TEST(Filters, ExcludedPortsAreTakenAway) {
    Filters filters;
    filters.exclude_ports = {{1600, 1683}};
    EXPECT_FALSE(matches(filters, sample()));
    filters.exclude_ports = {{1684, 1700}};
    EXPECT_TRUE(matches(filters, sample()));
    filters.ports = {{1, 2000}};
    filters.exclude_ports = {{1683, 1683}};
    EXPECT_FALSE(matches(filters, sample()));
}

TEST(Filters, ExcludedCommsAreTakenAway) {
    Filters filters;
    filters.exclude_comms = {"sshd", "python3"};
    EXPECT_FALSE(matches(filters, sample()));
    filters.exclude_comms = {"python"};
    EXPECT_TRUE(matches(filters, sample()));
}

TEST(Filters, AnExclusionTakesAwayOnlyWhatItKnows) {
    Filters filters;
    filters.exclude_ports = {{1, 65535}};
    filters.exclude_comms = {"", "python3"};
    EXPECT_TRUE(matches(filters, bare()));
}

TEST(Filters, VsockIsAFamilyNotAProtocol) {
    Event event = sample();
    event.family = Family::vsock;
    event.protocol = 0;
    Filters filters;
    filters.transports = {{0, true}};
    EXPECT_TRUE(matches(filters, event));
    EXPECT_FALSE(matches(filters, sample()));
    filters.transports = {{0, false}};
    EXPECT_FALSE(matches(filters, event));
}

struct CidrCase {
    const char* network;
    unsigned prefix;
    const char* address;
    bool inside;
};

class AddressFilter : public testing::TestWithParam<CidrCase> {};

TEST_P(AddressFilter, Contains) {
    const auto& given = GetParam();
    Filters filters;
    filters.addresses = {cidr(given.network, given.prefix)};
    Event event = sample();
    event.address = parsed(given.address);
    EXPECT_EQ(matches(filters, event), given.inside)
        << given.network << '/' << given.prefix << ' ' << given.address;
}

INSTANTIATE_TEST_SUITE_P(
    Cidr, AddressFilter,
    testing::Values(CidrCase{"127.0.0.0", 8, "127.255.255.255", true},
                    CidrCase{"127.0.0.0", 8, "128.0.0.0", false},
                    CidrCase{"10.1.2.0", 23, "10.1.3.255", true}, CidrCase{"10.1.2.0", 23, "10.1.4.0", false},
                    CidrCase{"10.1.2.3", 32, "10.1.2.3", true}, CidrCase{"10.1.2.3", 32, "10.1.2.2", false},
                    CidrCase{"10.1.2.2", 31, "10.1.2.3", true}, CidrCase{"0.0.0.0", 0, "8.8.8.8", true},
                    CidrCase{"0.0.0.0", 0, "::", false}, CidrCase{"0.0.0.0", 0, "::ffff:1.2.3.4", true},
                    CidrCase{"127.0.0.0", 8, "::ffff:127.0.0.1", true},
                    CidrCase{"127.0.0.0", 8, "::ffff:128.0.0.1", false},
                    CidrCase{"127.0.0.0", 8, "::1", false},
                    CidrCase{"::ffff:10.0.0.0", 104, "::ffff:10.9.9.9", true},
                    CidrCase{"::ffff:10.0.0.0", 104, "10.9.9.9", false}, CidrCase{"::", 0, "fe80::1", true},
                    CidrCase{"::", 0, "1.2.3.4", false}, CidrCase{"::1", 128, "::1", true},
                    CidrCase{"::1", 128, "::2", false}, CidrCase{"2001:db8::", 33, "2001:db8:7fff::1", true},
                    CidrCase{"2001:db8::", 33, "2001:db8:8000::1", false}));

TEST(Filters, CgroupIsTheWholeSubtree) {
    Event event = sample();
    const auto under = [&](const char* ref, const char* path) {
        Filters filters;
        filters.cgroups = {{1, ref}};
        event.cgroup = Cgroup{99, path};
        return matches(filters, event);
    };
    EXPECT_TRUE(under("/a", "/a"));
    EXPECT_TRUE(under("/a", "/a/b/c"));
    EXPECT_FALSE(under("/a", "/ab"));
    EXPECT_FALSE(under("/a/b", "/a"));
    EXPECT_TRUE(under("/", "/"));
    EXPECT_TRUE(under("/", "/a"));
    EXPECT_FALSE(under("", "/a"));
}

TEST(Filters, ExeIsAPatternWhoseStarCrossesSlashes) {
    Event event = sample();
    Filters filters;
    for (const auto* pattern : {"*/python3*", "/usr/*", "/usr/bin/python3.1[01]", "/usr/bin/python3.??"}) {
        filters.exes = {pattern};
        EXPECT_TRUE(matches(filters, event)) << pattern;
    }
    for (const auto* pattern : {"python3*", "/usr/bin", "/usr/bin/python3.[2-9]", "/USR/*", ""}) {
        filters.exes = {pattern};
        EXPECT_FALSE(matches(filters, event)) << pattern;
    }
    event.process->exe.reset();
    filters.exes = {"*"};
    EXPECT_FALSE(matches(filters, event));
}

TEST(Filters, UnknownUserDoesNotMatch) {
    Event event = sample();
    event.process->uid.reset();
    Filters filters;
    filters.uids = {0};
    EXPECT_FALSE(matches(filters, event));
}

TEST(Filters, Outcome) {
    Event failed = sample();
    failed.error = EADDRINUSE;
    Filters filters;
    filters.failed = true;
    EXPECT_TRUE(matches(filters, failed));
    EXPECT_FALSE(matches(filters, sample()));
    filters.failed = false;
    EXPECT_FALSE(matches(filters, failed));
    EXPECT_TRUE(matches(filters, sample()));
}

TEST(Filters, Alerts) {
    Filters filters;
    filters.alerts_only = true;
    EXPECT_TRUE(matches(filters, sample()));
    Event quiet = sample();
    quiet.alerts.clear();
    EXPECT_FALSE(matches(filters, quiet));
}

TEST(FiltersJson, NoFilterIsAnEmptyObject) {
    EXPECT_EQ(to_json({}), "{}");
}

TEST(FiltersJson, EveryFilterUnderItsFlagsName) {
    Filters filters;
    filters.ports = {{1683, 1683}, {8000, 8999}};
    filters.exclude_ports = {{22, 22}};
    filters.transports = {{IPPROTO_TCP}, {0, true}, {47}};
    filters.families = {Family::ipv6};
    filters.addresses = {cidr("10.0.0.0", 8)};
    filters.cgroups = {{231, "/a"}, {7, ""}};
    filters.containers = {"0123456789ab", "web"};
    filters.in_container = true;
    filters.pids = {1};
    filters.comms = {"a\"b"};
    filters.exclude_comms = {"sshd"};
    filters.exes = {"/usr/*"};
    filters.uids = {4294967294};
    filters.netns = {4026531840};
    filters.events = {EventKind::bind, EventKind::release};
    filters.failed = false;
    filters.statuses = {Status::reserved};
    filters.alerts_only = true;
    EXPECT_EQ(
        to_json(filters),
        R"({"port":["1683","8000-8999"],"exclude_port":["22"],"proto":["tcp","vsock","ip-47"],)"
        R"("family":["ipv6"],"address":["10.0.0.0/8"],"cgroup":[{"id":231,"path":"/a"},{"id":7,"path":null}],)"
        R"("container":["0123456789ab","web"],"containers":true,)"
        R"("pid":[1],"comm":["a\"b"],"exclude_comm":["sshd"],"exe":["/usr/*"],"uid":[4294967294],)"
        R"("netns":[4026531840],"event":["bind","release"],"failed":false,"status":["reserved"],"alerts":true})");
}

TEST(FiltersJson, BytesThatAreNotUtf8AreReplaced) {
    Filters filters;
    filters.comms = {"a\xff\x1b"};
    EXPECT_EQ(to_json(filters), "{\"comm\":[\"a\xEF\xBF\xBD\\u001B\"]}");
}

} // namespace
} // namespace bindwatch
