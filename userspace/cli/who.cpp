// SPDX-License-Identifier: Apache-2.0
#include "cli/who.hpp"

#include "cli/follow.hpp"
#include "inventory/answer.hpp"
#include "inventory/json_lines.hpp"
#include "inventory/survey.hpp"
#include "kernel/snapshot.hpp"
#include "sinks/target.hpp"
#include "sinks/terminal.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"
#include "util/signals.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace bindwatch {
namespace {

constexpr std::uint16_t mptcp = 262; // RFC 8684; not in every libc's <netinet/in.h>
/// Between two looks of --wait. A connection that the kernel keeps after its process has gone ends without
/// any event.
constexpr int look_again_ms = 200;

Filters filters_for(const PortQuery& query) {
    Filters filters;
    filters.ports.push_back({.first = query.port, .last = query.port});
    if (query.protocol) {
        filters.transports.push_back({.protocol = *query.protocol});
    }
    if (query.protocol == IPPROTO_TCP) {
        filters.transports.push_back({.protocol = mptcp}); // its ports are TCP's
    }
    return filters;
}

Result<std::vector<FoundSocket>> holders_of(const PortQuery& query, bool say_remark) {
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

/// False: a signal asks to stop.
bool pause_or_stop(Signals& signals) {
    pollfd file{signals.poll_fd(), POLLIN, 0};
    return poll(&file, 1, look_again_ms) <= 0 || signals.next().meaning != Signal::stop;
}

Result<ExitCode> wait_until_free(const PortQuery& query) {
    Signals signals;
    for (;;) {
        const auto sockets = holders_of(query, false);
        if (!sockets) {
            return std::unexpected(sockets.error());
        }
        if (sockets->empty()) {
            return ExitCode::done;
        }
        if (!pause_or_stop(signals)) {
            return ExitCode::failure;
        }
    }
}

FollowConfig watching(const WhoConfig& config) {
    FollowConfig follow;
    follow.filters = filters_for(config.query);
    follow.outputs.push_back({.format = config.format});
    follow.color = config.color;
    follow.verbose = config.verbose;
    return follow;
}

} // namespace

Result<ExitCode> who(const WhoConfig& config, std::string_view version) {
    log::set_up(config.verbose);
    auto sockets = holders_of(config.query, true);
    if (!sockets) {
        return std::unexpected(std::move(sockets.error()));
    }
    survey(*sockets, filters_for(config.query), Detail::chain);
    std::erase_if(*sockets, [](const FoundSocket& socket) { return !socket.wanted; });
    FdTarget standard_output(STDOUT_FILENO, "stdout");
    if (auto written = standard_output.write(answer(config, *sockets)); !written) {
        return std::unexpected(std::move(written.error()));
    }
    if (config.watch) {
        return follow(watching(config), version);
    }
    if (config.wait) {
        return wait_until_free(config.query);
    }
    return sockets->empty() ? ExitCode::failure : ExitCode::done;
}

} // namespace bindwatch
