// SPDX-License-Identifier: Apache-2.0
#include "kernel/holder_finder.hpp"

#include "inventory/survey.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"

#include <utility>

namespace bindwatch {
namespace {

constexpr std::int64_t fresh_ns = 5'000'000;
constexpr std::int64_t rest_for_work = 4;

} // namespace

Result<HolderFinder> HolderFinder::load() {
    auto snapshot = Snapshot::load({.connections = true});
    if (!snapshot) {
        return std::unexpected(std::move(snapshot.error()));
    }
    return HolderFinder(std::move(*snapshot));
}

std::optional<std::vector<FoundSocket>> HolderFinder::find(const Event& failed) {
    const std::int64_t start = now_ns(CLOCK_MONOTONIC);
    if (failed.port == port_ && start < fresh_until_ns_) {
        return answer_;
    }
    if (start < resting_until_ns_) {
        return std::nullopt;
    }
    auto sockets = snapshot_.take_port(*failed.port);
    if (!sockets) {
        log::debug("who has the port cannot be looked up: " + sockets.error().message);
        return std::nullopt;
    }
    survey(*sockets, {}, Detail::full);
    port_ = *failed.port;
    answer_ = std::move(*sockets);
    const std::int64_t end = now_ns(CLOCK_MONOTONIC);
    fresh_until_ns_ = end + fresh_ns;
    resting_until_ns_ = end + rest_for_work * (end - start);
    return answer_;
}

} // namespace bindwatch
