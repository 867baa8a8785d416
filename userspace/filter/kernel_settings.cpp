// SPDX-License-Identifier: Apache-2.0
#include "filter/kernel_settings.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace bindwatch {
namespace {

constexpr std::uint32_t bit_of(EventKind kind) {
    switch (kind) {
    case EventKind::bind: return 1U << BW_EVENT_BIND;
    case EventKind::listen: return 1U << BW_EVENT_LISTEN;
    case EventKind::release: return 1U << BW_EVENT_RELEASE;
    }
    return 0;
}

constexpr std::uint32_t every_event =
    bit_of(EventKind::bind) | bit_of(EventKind::listen) | bit_of(EventKind::release);

/// The process facts of a listen and a release come with the claim's bind.
std::uint32_t wanted_events(const Filters& filters) {
    std::uint32_t wanted = 0;
    for (const EventKind kind : filters.events) {
        wanted |= bit_of(kind);
    }
    if (wanted == 0) {
        return every_event;
    }
    return (wanted & ~bit_of(EventKind::bind)) != 0 ? wanted | bit_of(EventKind::bind) : wanted;
}

template <typename From, typename To>
std::uint32_t fill(const std::vector<From>& from,
                   To (&to)[BW_MAX_FILTER]) { // NOLINT(modernize-avoid-c-arrays)
    if (from.size() > BW_MAX_FILTER) {
        return 0;
    }
    std::copy(from.begin(), from.end(), std::begin(to));
    return static_cast<std::uint32_t>(from.size());
}

std::uint32_t fill_comms(const std::vector<std::string>& from,
                         std::uint8_t (&to)[BW_MAX_FILTER][BW_COMM_LEN]) { // NOLINT(modernize-avoid-c-arrays)
    const auto too_long = [](const std::string& comm) { return comm.size() >= BW_COMM_LEN; };
    if (from.size() > BW_MAX_FILTER || std::ranges::any_of(from, too_long)) {
        return 0;
    }
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::memcpy(to[i], from[i].data(),
                    from[i].size()); // NOLINT(bugprone-not-null-terminated-result): is zeroed
    }
    return static_cast<std::uint32_t>(from.size());
}

void set_ports(std::array<std::uint64_t, BW_PORT_WORDS>& words, const PortRange& range, bool on) {
    for (std::uint32_t port = range.first; port <= range.last && port <= 0xffff; ++port) {
        const std::uint64_t bit = std::uint64_t{1} << (port % 64);
        words[port / 64] = on ? words[port / 64] | bit : words[port / 64] & ~bit;
    }
}

void fill_ports(const Filters& filters, KernelSettings& settings) {
    if (filters.ports.empty() && filters.exclude_ports.empty()) {
        return;
    }
    settings.config.by_port = filters.ports.empty() ? 2 : 1;
    settings.ports.fill(filters.ports.empty() ? ~std::uint64_t{0} : 0);
    for (const PortRange& range : filters.ports) {
        set_ports(settings.ports, range, true);
    }
    for (const PortRange& range : filters.exclude_ports) {
        set_ports(settings.ports, range, false);
    }
}

std::uint32_t family_bits(const std::vector<Family>& families) {
    std::uint32_t bits = 0;
    for (const Family family : families) {
        bits |= 1U << static_cast<unsigned>(family);
    }
    return bits;
}

} // namespace

KernelSettings kernel_settings(const Filters& filters, bool filter_in_kernel) {
    KernelSettings settings;
    bw_config& config = settings.config;
    config.events = every_event;
    config.want_success = 1;
    config.want_failure = 1;
    config.nr_listen = SYS_listen;
    config.mark_ephemeral = static_cast<std::uint32_t>(filters.ephemeral_range);
    if (!filter_in_kernel) {
        return settings;
    }
    config.events = wanted_events(filters);
    config.want_success = static_cast<std::uint32_t>(!filters.failed || !*filters.failed);
    config.want_failure = static_cast<std::uint32_t>(!filters.failed || *filters.failed);
    config.families = family_bits(filters.families);
    config.n_pids = fill(filters.pids, config.pids);
    config.n_uids = fill(filters.uids, config.uids);
    config.n_comms = fill_comms(filters.comms, config.comms);
    config.n_exclude_comms = fill_comms(filters.exclude_comms, config.exclude_comms);
    fill_ports(filters, settings);

    std::vector<std::uint64_t> cgroups;
    std::ranges::transform(filters.cgroups, std::back_inserter(cgroups), &CgroupRef::id);
    config.n_cgroups = fill(cgroups, config.cgroups);
    std::vector<std::uint16_t> protocols;
    std::ranges::transform(filters.transports, std::back_inserter(protocols), &TransportRef::protocol);
    if (std::ranges::none_of(filters.transports, &TransportRef::vsock)) {
        config.n_protocols = fill(protocols, config.protocols);
    }
    return settings;
}

bool wants_socket(const KernelSettings& settings, int family, std::uint16_t protocol, std::uint16_t port) {
    const bw_config& config = settings.config;
    const std::uint32_t bit = 1U << static_cast<unsigned>(family == AF_INET6 ? Family::ipv6 : Family::ipv4);
    const auto protocols = std::span(config.protocols).first(config.n_protocols);
    return (config.by_port == 0 || (settings.ports[port / 64] >> (port % 64) & 1U) != 0) &&
           (config.families == 0 || (config.families & bit) != 0) &&
           (protocols.empty() || std::ranges::find(protocols, protocol) != protocols.end());
}

} // namespace bindwatch
