// SPDX-License-Identifier: Apache-2.0
/// The filters of the command line and the predicate that they are. What the kernel decides is an
/// optimisation of this predicate: with the kernel's part off, the output is the same.
#pragma once

#include <bindwatch/event.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace bindwatch {

struct PortRange {
    std::uint32_t first = 0;
    std::uint32_t last = 0; ///< inclusive
};

struct Cidr {
    Address network;
    unsigned prefix = 0; ///< bits
    std::string text;    ///< as the user wrote it
};

struct CgroupRef {
    std::uint64_t id = 0;
    std::string path; ///< from the cgroup2 root, begins with '/'; empty when only the id is known
};

/// What --proto can name: an IPPROTO number, or vsock, which has none.
struct TransportRef {
    std::uint16_t protocol = 0;
    bool vsock = false;
};

struct Filters {
    std::vector<PortRange> ports;
    std::vector<PortRange> exclude_ports;
    std::vector<TransportRef> transports;
    std::vector<Family> families;
    std::vector<Cidr> addresses;
    std::vector<CgroupRef> cgroups;
    std::vector<std::string> containers; ///< ids, prefixes of ids, names
    std::optional<bool> in_container;    ///< true: only in containers; false: only outside
    std::vector<std::uint32_t> pids;
    std::vector<std::string> comms;
    std::vector<std::string> exclude_comms;
    std::vector<std::string> exes; ///< fnmatch(3) patterns
    std::vector<std::uint32_t> uids;
    std::vector<std::uint32_t> netns; ///< inode numbers
    std::vector<EventKind> events;
    std::optional<bool> failed; ///< true: only failures; false: no failures
    std::vector<Status> statuses;
    bool alerts_only = false;
    bool ephemeral_range = false; ///< takes nothing away: that alert is raised too, which is off by default
};

/// Values of one filter are OR-ed, filters are AND-ed. An event that lacks the fact a filter asks about does
/// not match; an exclusion takes away only what it knows to be excluded. An IPv4 CIDR also contains
/// IPv4-mapped IPv6 addresses. A container's name, and an id that is a name (LXC), must be whole; of 64 hex
/// digits and the like a prefix will do. The `*` of an exe pattern matches '/' too. The event must be
/// complete: enriched, classified and judged by the policy.
[[nodiscard]] bool matches(const Filters& filters, const Event& event);

/// The "filters" object of the start record: only the filters that were given.
[[nodiscard]] std::string to_json(const Filters& filters);

} // namespace bindwatch
