// SPDX-License-Identifier: Apache-2.0
#include "inventory/survey.hpp"

#include "enrich/process_files.hpp"
#include "enrich/processes.hpp"
#include "policy/policy.hpp"
#include "ports/registry.hpp"
#include "util/cgroup_mount.hpp"
#include "util/clock.hpp"

#include <unistd.h>

#include <optional>
#include <string>

namespace bindwatch {

namespace {

bool asks_about_processes(const Filters& filters) {
    return !filters.pids.empty() || !filters.comms.empty() || !filters.exes.empty() ||
           !filters.uids.empty() || !filters.exclude_comms.empty() || !filters.cgroups.empty() ||
           !filters.containers.empty() || filters.in_container.has_value();
}

/// Puts a process into the event for which it matches: of those that share the socket the oldest is asked
/// first.
bool match(FoundSocket& socket, const Filters& filters, Processes& processes, bool whole) {
    Event& event = socket.event;
    const auto tell = [&] {
        if (whole) {
            processes.complete(event);
        } else {
            processes.identify(event);
        }
        event.alerts.clear();
        if (whole || filters.alerts_only) {
            judge(event);
        }
        return matches(filters, event);
    };
    if (const bool matched = tell(); matched || !asks_about_processes(filters)) {
        return matched;
    }
    for (const Sharer& sharer : found_of(event).sharers) {
        event.process = process_of(sharer);
        if (tell()) {
            return true;
        }
    }
    return false;
}

} // namespace

void survey(std::span<FoundSocket> sockets, const Filters& filters, Detail detail) {
    const std::optional<CgroupMount> mount = own_cgroup_mount();
    Processes processes(look_up_user, boot_to_real_ns(),
                        mount && mount->root == "/" ? mount->point : std::string());
    const bool whole = detail != Detail::place || !filters.exes.empty();
    for (FoundSocket& socket : sockets) {
        if (socket.event.port) {
            socket.event.iana = ports::classify(*socket.event.port, socket.event.protocol);
        }
        socket.wanted = match(socket, filters, processes, whole);
        if (detail == Detail::chain && socket.event.found) {
            processes.trace(*socket.event.found);
        }
    }
}

std::uint32_t own_network_namespace() {
    return ProcessFiles("/proc", static_cast<std::uint32_t>(getpid())).namespace_of("net").value_or(0);
}

} // namespace bindwatch
