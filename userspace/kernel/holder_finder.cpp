// SPDX-License-Identifier: Apache-2.0
#include "kernel/holder_finder.hpp"

#include "inventory/survey.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"

#include <algorithm>
#include <utility>

namespace bindwatch {
namespace {

constexpr std::int64_t fresh_ns = 5'000'000;
constexpr std::int64_t price_ns = 20'000'000;
constexpr std::int64_t burst = 20;

} // namespace

Result<HolderFinder> HolderFinder::load() {
    auto snapshot = Snapshot::load_for_ports();
    if (!snapshot) {
        return std::unexpected(std::move(snapshot.error()));
    }
    return HolderFinder(std::move(*snapshot));
}

std::optional<std::vector<FoundSocket>> HolderFinder::find(const Event& failed) {
    const std::int64_t start = now_ns(CLOCK_MONOTONIC);
    if (port_of(failed) == port_ && start < fresh_until_ns_) {
        return answer_;
    }
    const std::int64_t paid_until_ns = std::max(paid_until_ns_, start) + price_ns;
    if (paid_until_ns > start + burst * price_ns) {
        return std::nullopt;
    }
    paid_until_ns_ = paid_until_ns;
    auto sockets = snapshot_.take_port(port_of(failed));
    if (!sockets) {
        log::debug("who has the port cannot be looked up: " + sockets.error().message);
        return std::nullopt;
    }
    survey(*sockets, {}, Detail::full);
    port_ = port_of(failed);
    answer_ = std::move(*sockets);
    fresh_until_ns_ = now_ns(CLOCK_MONOTONIC) + fresh_ns;
    return answer_;
}

} // namespace bindwatch
