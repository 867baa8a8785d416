// SPDX-License-Identifier: Apache-2.0
#include "top/model.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace bindwatch::top {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::uint16_t mptcp = 262; // RFC 8684; not in every libc's <netinet/in.h>

} // namespace

std::optional<Followed> port_of_interest(const Event& event) {
    if (!event.port) {
        return std::nullopt;
    }
    const bool vsock = event.family == Family::vsock;
    const std::uint16_t protocol = event.protocol == mptcp ? std::uint16_t{IPPROTO_TCP} : event.protocol;
    return Followed{.port = *event.port, .protocol = vsock ? std::uint16_t{0} : protocol, .vsock = vsock};
}

Model::Model(ModelLimits limits, bool alerts_only)
    : limits_(limits), alerts_only_(alerts_only), alerts_(limits.alerts), failures_(limits.failures),
      events_(limits.events), of_followed_(limits.events) {}

void Model::start(const StartRecord& record) {
    plan_ = record.plan;
    ++version_;
}

void Model::take(const Event& event) {
    ++id_;
    if (!apply(event)) {
        return;
    }
    ++version_;
    totals_.alerts += event.alerts.size();
    if (!event.alerts.empty()) {
        append(alerts_, event);
    }
    if (event.origin == Origin::snapshot) {
        return; // it has not happened now
    }
    ++totals_.events;
    ++this_second_;
    if (event.failed()) {
        ++totals_.failures;
        append(failures_, event);
    }
    append(events_, event);
    if (followed_ && port_of_interest(event) == followed_) {
        append(of_followed_, event);
    }
}

bool Model::apply(const Event& event) {
    if (event.failed()) {
        return !alerts_only_ || !event.alerts.empty();
    }
    const auto known = event.claim != 0 ? claims_.find(event.claim) : claims_.end();
    const bool wanted = !alerts_only_ || !event.alerts.empty() || known != claims_.end();
    switch (event.kind) {
    case EventKind::bind:
        if (alerts_only_ && event.alerts.empty()) {
            // The number is another claim's from here on.
            if (known != claims_.end()) {
                claims_.erase(known);
                ++version_;
            }
            return false;
        }
        claim(event);
        break;
    case EventKind::listen:
        if (known != claims_.end()) {
            known->second.listening = true;
            known->second.event.socket.backlog = event.socket.backlog;
        } else if (wanted) {
            claim(event);
        }
        break;
    case EventKind::release:
        if (known != claims_.end()) {
            claims_.erase(known);
        }
        break;
    }
    return wanted;
}

void Model::claim(const Event& event) {
    if (event.claim == 0) {
        return; // its end would not be seen
    }
    if (claims_.size() >= limits_.claims && !claims_.contains(event.claim)) {
        forget_oldest();
    }
    Entry& entry = claims_[event.claim];
    entry.id = id_;
    entry.event = event;
    entry.listening =
        event.kind == EventKind::listen || (event.found && event.found->state == SocketState::listen);
}

/// More than the kernel side knows at a time: some have ended and their releases were lost.
void Model::forget_oldest() {
    std::vector<std::uint64_t> ids;
    ids.reserve(claims_.size());
    for (const auto& [number, entry] : claims_) {
        ids.push_back(entry.id);
    }
    // An eighth at once, so that this is rare.
    const auto limit = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 8);
    std::ranges::nth_element(ids, limit);
    std::erase_if(claims_, [&](const auto& entry) { return entry.second.id <= *limit; });
}

void Model::append(Recent<Entry>& list, const Event& event) const {
    Entry& entry = list.add();
    entry.id = id_;
    entry.event = event;
    entry.listening = event.kind == EventKind::listen;
}

void Model::lose(const LostRecord& record) {
    totals_.lost += record.count;
    ++version_;
}

void Model::set_time(std::int64_t now_ns) {
    const std::int64_t second = now_ns / second_ns;
    if (second == second_) {
        return;
    }
    const std::uint64_t before = std::exchange(last_second_, second == second_ + 1 ? this_second_ : 0);
    second_ = second;
    this_second_ = 0;
    version_ += before == last_second_ ? 0U : 1U;
}

std::int64_t Model::next_change_ns() const {
    return this_second_ > 0 || last_second_ > 0 ? (second_ + 1) * second_ns : never;
}

const Entry* Model::find(std::uint64_t claim, std::uint64_t id) const {
    const auto found = claims_.find(claim);
    return found != claims_.end() && found->second.id == id ? &found->second : nullptr;
}

void Model::follow(const Followed& port) {
    followed_ = port;
    of_followed_.clear();
    for (std::size_t age = events_.size(); age > 0; --age) {
        if (const Entry& entry = events_[age - 1]; port_of_interest(entry.event) == followed_) {
            of_followed_.add() = entry;
        }
    }
    ++version_;
}

void Model::follow_all() {
    if (followed_) {
        followed_.reset();
        of_followed_.clear();
        ++version_;
    }
}

} // namespace bindwatch::top
