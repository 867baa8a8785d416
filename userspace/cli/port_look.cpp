// SPDX-License-Identifier: Apache-2.0
#include "cli/port_look.hpp"

#include "inventory/answer.hpp"
#include "inventory/json_lines.hpp"
#include "inventory/survey.hpp"
#include "kernel/snapshot.hpp"
#include "sinks/terminal.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"

#include <netinet/in.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace bindwatch {
namespace {

constexpr std::uint16_t mptcp = 262; // RFC 8684; not in every libc's <netinet/in.h>

} // namespace

Filters filters_for(const PortQuery& query) {
    Filters filters;
    filters.ports.push_back({.first = query.port, .last = query.port});
    if (query.protocol) {
        filters.transports.push_back({.protocol = *query.protocol});
    }
    if (query.protocol == IPPROTO_TCP) {
        filters.transports.push_back({.protocol = mptcp});
    }
    return filters;
}

Result<std::vector<FoundSocket>> look_at(const PortQuery& query, bool say_remark) {
    const Filters filters = filters_for(query);
    auto snapshot = Snapshot::load({.filters = filters, .connections = true});
    if (!snapshot) {
        return std::unexpected(std::move(snapshot.error()));
    }
    auto sockets = snapshot->take();
    if (!sockets) {
        return std::unexpected(std::move(sockets.error()));
    }
    if (say_remark && !snapshot->remark().empty()) {
        log::warn(snapshot->remark());
    }
    survey(*sockets, filters, Detail::chain);
    std::erase_if(*sockets, [](const FoundSocket& socket) { return !socket.wanted; });
    return sockets;
}

std::string answer(const WhoConfig& config, const std::vector<FoundSocket>& sockets) {
    if (config.format == Format::json) {
        return json_lines(sockets);
    }
    if (sockets.empty()) {
        return "nothing holds " + to_string(config.query) + "\n";
    }
    return who_text(sockets, {.width = terminal_width(STDOUT_FILENO),
                              .color = use_color(config.color, STDOUT_FILENO),
                              .now_ns = wall_clock_ns(),
                              .own_netns = own_network_namespace()});
}

} // namespace bindwatch
