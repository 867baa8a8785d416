// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_looks.hpp"

#include "kernel/session.hpp"
#include "kernel/snapshot.hpp"
#include "util/capabilities.hpp"

#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace bindwatch {
namespace {

/// A port that hardly anybody has: it is about whether, not what.
constexpr std::uint32_t any_port = 65535;

Filters of_any_port() {
    Filters filters;
    filters.ports.push_back({.first = any_port, .last = any_port});
    return filters;
}

template <typename Value>
std::optional<Error> error_of(Result<Value>&& result) {
    return result ? std::nullopt : std::optional(std::move(result.error()));
}

/// `list` and `who`; likewise what they do not see of other network namespaces.
void try_list(std::vector<LookTrial>& trials) {
    auto snapshot = Snapshot::load({.filters = of_any_port(), .connections = true});
    auto error = snapshot ? error_of(snapshot->take()) : std::optional(snapshot.error());
    std::optional<Error> hidden = error;
    if (!error && !snapshot->remark().empty()) {
        hidden = Error{ExitCode::privilege, snapshot->remark()};
    }
    trials.push_back({.name = "list", .of = "list, who", .error = std::move(error), .vital = true});
    trials.push_back({.name = "namespaces", .of = "all networks", .error = std::move(hidden)});
}

/// With the map of a plan that is attached.
std::optional<Error> try_snapshot(std::optional<Plan> plan) {
    if (!plan) {
        return Error{ExitCode::kernel, "it takes a plan, and none works here"};
    }
    FollowConfig config;
    config.plan = *plan;
    config.ring_bytes = 64U << 10U;
    std::unique_ptr<Snapshot> snapshot;
    auto session = Session::open(config, [&](int claims_fd) -> Result<void> {
        auto loaded = Snapshot::load({.filters = of_any_port(), .claims_fd = claims_fd});
        if (!loaded) {
            return std::unexpected(std::move(loaded.error()));
        }
        snapshot = std::make_unique<Snapshot>(std::move(*loaded));
        return {};
    });
    return session ? error_of(snapshot->take()) : std::optional(std::move(session.error()));
}

/// Loaded with the capabilities that we have, asked without any: as it is while bindwatch follows.
std::optional<Error> try_holders() {
    auto snapshot = Snapshot::load_for_ports();
    if (!snapshot) {
        return std::move(snapshot.error());
    }
    std::optional<Error> error;
    std::thread([&] { // capabilities are each thread's own
        auto done = drop_capabilities();
        error = done ? error_of(snapshot->take_port(any_port)) : std::optional(std::move(done.error()));
    })
        .join();
    return error;
}

} // namespace

std::vector<LookTrial> try_looks(std::optional<Plan> plan) {
    std::vector<LookTrial> trials;
    try_list(trials);
    trials.push_back({.name = "snapshot", .of = "--snapshot", .error = try_snapshot(plan)});
    trials.push_back({.name = "holders", .of = "holders", .error = try_holders()});
    return trials;
}

} // namespace bindwatch
