// SPDX-License-Identifier: Apache-2.0
#include "claims/claims.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace bindwatch {

bool Claims::apply(const Decoded& decoded, Event& event) {
    if (event.failed()) {
        return true;
    }
    if (event.kind == EventKind::bind) {
        if (decoded.kept) {
            remember(decoded.claim, event);
        }
        return true;
    }
    const auto found = claims_.find(decoded.claim);
    if (event.kind == EventKind::listen) {
        if (decoded.complete && decoded.kept && decoded.by_holder && found == claims_.end()) {
            remember(decoded.claim, event);
            return true;
        }
        if (!decoded.complete && found != claims_.end()) {
            event.process = found->second.process;
            event.cgroup = found->second.cgroup;
            event.container = found->second.container;
        }
        return decoded.complete || found != claims_.end();
    }
    if (decoded.bound_at_ns != 0 && event.time_ns >= decoded.bound_at_ns) {
        event.held_ns = static_cast<std::uint64_t>(event.time_ns - decoded.bound_at_ns);
    }
    if (found == claims_.end()) {
        return decoded.complete || event.socket.kernel;
    }
    // The strings change hands, so that both sides reuse their memory.
    std::swap(event.process, found->second.process);
    std::swap(event.cgroup, found->second.cgroup);
    std::swap(event.container, found->second.container);
    spare_ = claims_.extract(found);
    return true;
}

void Claims::remember(std::uint64_t number, const Event& event) {
    if (claims_.size() >= most_ && !claims_.contains(number)) {
        forget_oldest();
    }
    if (spare_ && !claims_.contains(number)) {
        spare_.key() = number;
        claims_.insert(std::move(spare_));
    }
    Claim& claim = claims_[number];
    claim.bound_at_ns = event.time_ns;
    claim.process = event.process;
    claim.cgroup = event.cgroup;
    claim.container = event.container;
}

void Claims::forget_oldest() {
    std::vector<std::int64_t> times;
    times.reserve(claims_.size());
    for (const auto& [number, claim] : claims_) {
        times.push_back(claim.bound_at_ns);
    }
    // An eighth at once, so that this is rare.
    const auto limit = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 8);
    std::ranges::nth_element(times, limit);
    std::erase_if(claims_, [&](const auto& entry) { return entry.second.bound_at_ns <= *limit; });
}

} // namespace bindwatch
