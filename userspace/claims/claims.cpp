// SPDX-License-Identifier: Apache-2.0
#include "claims/claims.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace bindwatch {

Claims::Outcome Claims::apply(const Decoded& decoded, Event& event) {
    if (event.failed()) {
        return Outcome::whole;
    }
    if (event.kind == EventKind::bind) {
        if (decoded.kept) {
            remember(decoded, event);
        }
        return Outcome::whole;
    }
    if (event.kind == EventKind::release) {
        return release(decoded, event);
    }
    const auto found = claims_.find(decoded.claim);
    if (decoded.complete && decoded.kept && decoded.by_holder && found == claims_.end()) {
        remember(decoded, event);
        return Outcome::whole;
    }
    if (!decoded.complete && found != claims_.end()) {
        event.process = found->second.process;
        event.cgroup = found->second.cgroup;
        event.container = found->second.container;
    }
    return decoded.complete || found != claims_.end() ? Outcome::whole : Outcome::partial;
}

Claims::Outcome Claims::release(const Decoded& decoded, Event& event) {
    if (decoded.since != 0 && ended_before(decoded)) {
        return Outcome::again;
    }
    if (decoded.bound_at_ns != 0 && event.time_ns >= decoded.bound_at_ns) {
        event.held_ns = static_cast<std::uint64_t>(event.time_ns - decoded.bound_at_ns);
    }
    const auto found = claims_.find(decoded.claim);
    const bool known = found != claims_.end();
    if (known && (decoded.since == 0 || found->second.since == 0 || decoded.since == found->second.since)) {
        hand_over(found->second, event);
        found->second.since = 0;
        spare_ = claims_.extract(found);
        return Outcome::whole;
    }
    const auto displaced = std::ranges::find_if(displaced_, [&](const Claim& claim) {
        return claim.number == decoded.claim && claim.since == decoded.since && claim.since != 0;
    });
    if (displaced != displaced_.end()) {
        hand_over(*displaced, event);
        displaced->since = 0;
        return Outcome::whole;
    }
    return decoded.complete || event.socket.kernel ? Outcome::whole : Outcome::partial;
}

/// The strings change hands, so that both sides reuse their memory.
void Claims::hand_over(Claim& claim, Event& event) {
    std::swap(event.process, claim.process);
    std::swap(event.cgroup, claim.cgroup);
    std::swap(event.container, claim.container);
}

std::optional<Claims::Known> Claims::find(std::uint64_t claim) const {
    const auto found = claims_.find(claim);
    if (found == claims_.end()) {
        return std::nullopt;
    }
    const Claim& known = found->second;
    return Known{known.process, known.container,
                 known.since == 0 ? std::nullopt : std::optional(known.bound_at_ns)};
}

bool Claims::ended_before(const Decoded& decoded) {
    const Ended ended{.claim = decoded.claim, .since = decoded.since};
    if (std::ranges::find(ended_, ended) != ended_.end()) {
        return true;
    }
    ended_.at(next_ended_) = ended;
    next_ended_ = (next_ended_ + 1) % few;
    return false;
}

void Claims::remember(const Decoded& decoded, const Event& event) {
    const std::uint64_t number = decoded.claim;
    if (claims_.size() >= most_ && !claims_.contains(number)) {
        forget_oldest();
    }
    if (spare_ && !claims_.contains(number)) {
        spare_.key() = number;
        claims_.insert(std::move(spare_));
    }
    Claim& claim = claims_[number];
    if (claim.since != 0 && claim.number == number && claim.since != decoded.since && decoded.since != 0) {
        std::swap(displaced_.at(next_displaced_), claim);
        next_displaced_ = (next_displaced_ + 1) % few;
    }
    claim.number = number;
    claim.bound_at_ns = event.time_ns;
    claim.since = decoded.since;
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
