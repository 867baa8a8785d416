// SPDX-License-Identifier: Apache-2.0
#include "filter/filters.hpp"

#include <bindwatch/names.hpp>

#include <fnmatch.h>

#include <algorithm>

namespace bindwatch {

namespace {

/// No values: the filter was not given.
template <typename Value, typename Predicate>
bool any_of(const std::vector<Value>& values, Predicate predicate) {
    return values.empty() || std::ranges::any_of(values, predicate);
}

template <typename Value>
bool one_of(const std::vector<Value>& values, const std::optional<Value>& fact) {
    return any_of(values, [&](const Value& value) { return fact == value; });
}

bool covers(const std::vector<PortRange>& ranges, std::uint32_t port) {
    return std::ranges::any_of(
        ranges, [&](const PortRange& range) { return range.first <= port && port <= range.last; });
}

bool same_prefix(const Address& network, unsigned prefix, const Address& address) {
    const std::size_t whole = prefix / 8;
    const unsigned rest = prefix % 8;
    if (!std::equal(network.bytes.begin(), network.bytes.begin() + whole, address.bytes.begin())) {
        return false;
    }
    const unsigned mask = 0xff00U >> rest & 0xffU;
    return rest == 0 || ((network.bytes[whole] ^ address.bytes[whole]) & mask) == 0;
}

bool contains(const Cidr& cidr, const Address& address) {
    if (cidr.network.family == address.family) {
        return same_prefix(cidr.network, cidr.prefix, address);
    }
    const auto inner = mapped_ipv4(address);
    return inner && inner->family == cidr.network.family && same_prefix(cidr.network, cidr.prefix, *inner);
}

bool contains(const CgroupRef& ref, const Cgroup& cgroup) {
    if (ref.id == cgroup.id) {
        return true;
    }
    if (ref.path.empty()) {
        return false;
    }
    const bool below = cgroup.path.starts_with(ref.path);
    return below &&
           (ref.path == "/" || cgroup.path.size() == ref.path.size() || cgroup.path[ref.path.size()] == '/');
}

bool is_called(const Container& container, const std::string& word) {
    return container.id == word || container.name == word ||
           (is_generated_id(container.id) && container.id.starts_with(word));
}

bool container_matches(const Filters& filters, const std::optional<Container>& container) {
    return (!filters.in_container || *filters.in_container == container.has_value()) &&
           any_of(filters.containers,
                  [&](const std::string& word) { return container && is_called(*container, word); });
}

bool names(const TransportRef& ref, const Event& event) {
    const bool vsock = event.family == Family::vsock;
    return ref.vsock ? vsock : !vsock && ref.protocol == event.protocol;
}

bool socket_matches(const Filters& filters, const Event& event) {
    const bool port = filters.ports.empty() || (event.port && covers(filters.ports, *event.port));
    const bool excluded = event.port && covers(filters.exclude_ports, *event.port);
    return port && !excluded &&
           any_of(filters.transports, [&](const TransportRef& ref) { return names(ref, event); }) &&
           one_of(filters.families, std::optional(event.family)) &&
           any_of(filters.addresses,
                  [&](const Cidr& cidr) { return event.address && contains(cidr, *event.address); }) &&
           one_of(filters.netns, std::optional(event.socket.netns));
}

bool process_matches(const Filters& filters, const std::optional<Process>& process) {
    if (!process) {
        return filters.pids.empty() && filters.comms.empty() && filters.exes.empty() && filters.uids.empty();
    }
    return one_of(filters.pids, std::optional(process->pid)) && one_of(filters.uids, process->uid) &&
           any_of(filters.comms, [&](const std::string& comm) { return comm == process->comm; }) &&
           std::ranges::find(filters.exclude_comms, process->comm) == filters.exclude_comms.end() &&
           any_of(filters.exes, [&](const std::string& pattern) {
               return process->exe && ::fnmatch(pattern.c_str(), process->exe->c_str(), 0) == 0;
           });
}

bool outcome_matches(const Filters& filters, const Event& event) {
    return one_of(filters.events, std::optional(event.kind)) &&
           (!filters.failed || *filters.failed == event.failed()) &&
           any_of(filters.statuses,
                  [&](Status status) { return event.iana && event.iana->status == status; }) &&
           (!filters.alerts_only || !event.alerts.empty());
}

} // namespace

bool matches(const Filters& filters, const Event& event) {
    return outcome_matches(filters, event) && socket_matches(filters, event) &&
           process_matches(filters, event.process) && container_matches(filters, event.container) &&
           any_of(filters.cgroups,
                  [&](const CgroupRef& ref) { return event.cgroup && contains(ref, *event.cgroup); });
}

} // namespace bindwatch
