// SPDX-License-Identifier: Apache-2.0
#include "filter/kernel_settings.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>

#include <string>

namespace bindwatch {
namespace {

bool passes(const KernelSettings& settings, unsigned port) {
    return (settings.ports[port / 64] >> (port % 64) & 1U) != 0;
}

constexpr std::uint32_t bit(unsigned event) {
    return 1U << event;
}

TEST(KernelSettings, WithoutFiltersEverythingIsWanted) {
    const KernelSettings settings = kernel_settings({}, true);
    EXPECT_EQ(settings.config.events, bit(BW_EVENT_BIND) | bit(BW_EVENT_LISTEN) | bit(BW_EVENT_RELEASE));
    EXPECT_EQ(settings.config.want_success, 1U);
    EXPECT_EQ(settings.config.want_failure, 1U);
    EXPECT_EQ(settings.config.by_port, 0U);
    EXPECT_EQ(settings.config.mark_ephemeral, 0U);
}

TEST(KernelSettings, AnAlertOfTheKernelSideIsAskedForWhoeverFilters) {
    EXPECT_EQ(kernel_settings({.ephemeral_range = true}, true).config.mark_ephemeral, 1U);
    EXPECT_EQ(kernel_settings({.ephemeral_range = true}, false).config.mark_ephemeral, 1U);
}

TEST(KernelSettings, PortsAndExclusions) {
    Filters filters;
    filters.ports = {{80, 90}, {65535, 65535}};
    filters.exclude_ports = {{85, 85}};
    const KernelSettings settings = kernel_settings(filters, true);
    EXPECT_EQ(settings.config.by_port, 1U);
    EXPECT_FALSE(passes(settings, 79));
    EXPECT_TRUE(passes(settings, 80));
    EXPECT_FALSE(passes(settings, 85));
    EXPECT_TRUE(passes(settings, 90));
    EXPECT_FALSE(passes(settings, 91));
    EXPECT_TRUE(passes(settings, 65535));
}

TEST(KernelSettings, OnlyAnExclusionLetsAnUnknownPortPass) {
    Filters filters;
    filters.exclude_ports = {{53, 53}};
    const KernelSettings settings = kernel_settings(filters, true);
    EXPECT_EQ(settings.config.by_port, 2U);
    EXPECT_FALSE(passes(settings, 53));
    EXPECT_TRUE(passes(settings, 54));
}

TEST(KernelSettings, AReleaseNeedsTheBindsFacts) {
    Filters filters;
    filters.events = {EventKind::release};
    EXPECT_EQ(kernel_settings(filters, true).config.events, bit(BW_EVENT_BIND) | bit(BW_EVENT_RELEASE));
    filters.events = {EventKind::bind};
    EXPECT_EQ(kernel_settings(filters, true).config.events, bit(BW_EVENT_BIND));
}

TEST(KernelSettings, AListThatDoesNotFitStaysToUserSpace) {
    Filters filters;
    for (std::uint32_t pid = 1; pid <= BW_MAX_FILTER; ++pid) {
        filters.pids.push_back(pid);
    }
    EXPECT_EQ(kernel_settings(filters, true).config.n_pids, BW_MAX_FILTER);
    filters.pids.push_back(99);
    EXPECT_EQ(kernel_settings(filters, true).config.n_pids, 0U);

    filters.comms = {std::string(BW_COMM_LEN, 'x')};
    EXPECT_EQ(kernel_settings(filters, true).config.n_comms, 0U);
}

TEST(KernelSettings, TransportsFamiliesAndOutcome) {
    Filters filters;
    filters.transports = {{.protocol = IPPROTO_UDP}};
    filters.families = {Family::ipv6};
    filters.failed = true;
    KernelSettings settings = kernel_settings(filters, true);
    EXPECT_EQ(settings.config.n_protocols, 1U);
    EXPECT_EQ(settings.config.protocols[0], IPPROTO_UDP);
    EXPECT_EQ(settings.config.families, 2U);
    EXPECT_EQ(settings.config.want_success, 0U);
    filters.transports.push_back({.vsock = true});
    settings = kernel_settings(filters, true);
    EXPECT_EQ(settings.config.n_protocols, 0U) << "vsock has no protocol number";
}

TEST(KernelSettings, TurnedOffTheKernelFiltersNothing) {
    Filters filters;
    filters.ports = {{80, 80}};
    filters.pids = {1};
    filters.failed = true;
    const KernelSettings settings = kernel_settings(filters, false);
    EXPECT_EQ(settings.config.by_port, 0U);
    EXPECT_EQ(settings.config.n_pids, 0U);
    EXPECT_EQ(settings.config.want_success, 1U);
}

TEST(KernelSettings, ASocketIsWantedByPortFamilyAndTransport) {
    Filters filters;
    filters.ports = {{80, 90}};
    filters.families = {Family::ipv6};
    filters.transports = {{.protocol = IPPROTO_UDP}};
    const KernelSettings settings = kernel_settings(filters, true);
    EXPECT_TRUE(wants_socket(settings, AF_INET6, IPPROTO_UDP, 80));
    EXPECT_FALSE(wants_socket(settings, AF_INET6, IPPROTO_UDP, 79));
    EXPECT_FALSE(wants_socket(settings, AF_INET, IPPROTO_UDP, 80));
    EXPECT_FALSE(wants_socket(settings, AF_INET6, IPPROTO_TCP, 80));
    EXPECT_TRUE(wants_socket(kernel_settings(filters, false), AF_INET, IPPROTO_TCP, 79));
}

} // namespace
} // namespace bindwatch
