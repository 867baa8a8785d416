// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>

#include <cerrno>

namespace bindwatch {
namespace {

Event bind_of(std::uint32_t port, PortInfo info) {
    Event event;
    event.protocol = IPPROTO_TCP;
    event.port = port;
    event.requested_port = port;
    event.iana = info;
    Process process;
    process.pid = 2608;
    process.comm = "python3";
    event.process = process;
    return event;
}

Event unassigned_bind() {
    return bind_of(1684, {Tier::user, Status::unassigned});
}

TEST(Policy, UnassignedPortIsAWarning) {
    Event event = unassigned_bind();
    judge(event);
    ASSERT_EQ(event.alerts.size(), 1U);
    EXPECT_EQ(event.alerts[0].rule, "unassigned-port");
    EXPECT_EQ(event.alerts[0].severity, Severity::warning);
    EXPECT_EQ(
        event.alerts[0].message,
        "python3[2608] claimed 1684/tcp, which IANA has not assigned: something put it there deliberately");
}

TEST(Policy, TheNameThatDatabasesListIsSaid) {
    Event event = bind_of(1683, {Tier::user, Status::unassigned, {}, {}, "ncpm-hip"});
    judge(event);
    ASSERT_EQ(event.alerts.size(), 1U);
    EXPECT_EQ(event.alerts[0].message,
              "python3[2608] claimed 1683/tcp, which IANA has not assigned (databases list "
              "it as ncpm-hip): something put it there deliberately");
}

TEST(Policy, APortOfTheEphemeralRangeIsANoticeBesideWhatElseItIs) {
    Event event = bind_of(40000, {Tier::user, Status::unassigned});
    event.socket.ephemeral = true;
    judge(event);
    ASSERT_EQ(event.alerts.size(), 2U);
    EXPECT_EQ(event.alerts[0].rule, "unassigned-port");
    EXPECT_EQ(event.alerts[1].rule, "ephemeral-range");
    EXPECT_EQ(event.alerts[1].severity, Severity::notice);
    EXPECT_EQ(event.alerts[1].message,
              "python3[2608] claimed 40000/tcp, a port that the kernel gives to outgoing connections "
              "(ip_local_port_range): one of them can have it when the program starts again; "
              "ip_local_reserved_ports keeps it free");
}

TEST(Policy, APortThatTheKernelChoseIsNotBlamedForItsRange) {
    Event event = bind_of(40000, {Tier::user, Status::unassigned});
    event.socket.ephemeral = true;
    event.requested_port = 0;
    judge(event);
    EXPECT_TRUE(event.alerts.empty());
}

TEST(Policy, ReservedPortIsAWarning) {
    Event event = bind_of(1023, {Tier::system, Status::reserved});
    event.protocol = IPPROTO_UDP;
    judge(event);
    ASSERT_EQ(event.alerts.size(), 1U);
    EXPECT_EQ(event.alerts[0].rule, "reserved-port");
    EXPECT_EQ(event.alerts[0].severity, Severity::warning);
    EXPECT_EQ(event.alerts[0].message,
              "python3[2608] claimed 1023/udp, which IANA holds back from every service");
}

TEST(Policy, DynamicPortByNumberIsANotice) {
    Event event = bind_of(50000, {Tier::dynamic, Status::dynamic});
    judge(event);
    ASSERT_EQ(event.alerts.size(), 1U);
    EXPECT_EQ(event.alerts[0].rule, "dynamic-port");
    EXPECT_EQ(event.alerts[0].severity, Severity::notice);
    EXPECT_TRUE(event.alerts[0].message.starts_with("python3[2608] claimed 50000/tcp by number: "));
}

TEST(Policy, AssignedPortIsQuiet) {
    Event event = bind_of(80, {Tier::system, Status::assigned, "http"});
    judge(event);
    EXPECT_TRUE(event.alerts.empty());
}

TEST(Policy, PortThatTheKernelChoseIsQuiet) {
    Event zero = bind_of(50000, {Tier::dynamic, Status::dynamic});
    zero.requested_port = 0;
    Event implicit = zero;
    implicit.requested_port.reset();
    implicit.implicit = true;
    judge(zero);
    judge(implicit);
    EXPECT_TRUE(zero.alerts.empty());
    EXPECT_TRUE(implicit.alerts.empty());
}

TEST(Policy, OnlyASuccessfulBindIsAClaim) {
    Event failed = unassigned_bind();
    failed.error = EADDRINUSE;
    Event listen = unassigned_bind();
    listen.kind = EventKind::listen;
    Event release = unassigned_bind();
    release.kind = EventKind::release;
    for (Event* event : {&failed, &listen, &release}) {
        judge(*event);
        EXPECT_TRUE(event->alerts.empty());
    }
}

TEST(Policy, NoRegistryNoAlert) {
    Event event = unassigned_bind();
    event.iana.reset();
    judge(event);
    EXPECT_TRUE(event.alerts.empty());
}

TEST(Policy, KernelSocketHasNoProcess) {
    Event event = unassigned_bind();
    event.process.reset();
    judge(event);
    ASSERT_EQ(event.alerts.size(), 1U);
    EXPECT_TRUE(event.alerts[0].message.starts_with("the kernel claimed 1684/tcp"));
}

TEST(Policy, HostileCommIsLeftToTheSinks) {
    Event event = unassigned_bind();
    event.process->comm = "\x1b[2J\xff";
    judge(event);
    ASSERT_EQ(event.alerts.size(), 1U);
    EXPECT_TRUE(event.alerts[0].message.starts_with("\x1b[2J\xff[2608] claimed"));
}

} // namespace
} // namespace bindwatch
