// SPDX-License-Identifier: Apache-2.0
/// What `top` shows: who has what now, and the last of what happened. Built from the events alone. Pure.
#pragma once

#include "top/recent.hpp"

#include <bindwatch/event.hpp>
#include <bindwatch/event_abi.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>

namespace bindwatch::top {

/// One line of a list.
struct Entry {
    std::uint64_t id = 0; ///< of the event that it comes from, ascending; so it is in one list once
    Event event;
    bool listening = false; ///< of a claim: since its bind it has begun to listen
};

/// A port on one transport. MPTCP's ports are TCP's.
struct Followed {
    std::uint32_t port = 0;
    std::uint16_t protocol = 0;
    bool vsock = false;

    friend bool operator==(const Followed&, const Followed&) = default;
};
/// Null: the event knows no port.
[[nodiscard]] std::optional<Followed> port_of_interest(const Event& event);

struct ModelLimits {
    std::size_t claims = BW_DEFAULT_CLAIMS; ///< that exist; the oldest are forgotten
    std::size_t alerts = 500;
    std::size_t failures = 500;
    std::size_t events = 1000; ///< of all, and once more of the port that is followed
};

struct Totals {
    std::uint64_t events = 0;
    std::uint64_t alerts = 0;
    std::uint64_t failures = 0;
    std::uint64_t lost = 0;
};

class Model {
  public:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    /// `alerts_only`: claims without an alert are left out, and what happens to them.
    explicit Model(ModelLimits limits = {}, bool alerts_only = false);

    void start(const StartRecord& record);
    void take(const Event& event);
    void lose(const LostRecord& record);
    /// What comes from now on comes at this moment: CLOCK_MONOTONIC.
    void set_time(std::int64_t now_ns);

    /// Grows with each change of what the functions below say.
    [[nodiscard]] std::uint64_t version() const { return version_; }
    /// When set_time() would change something if nothing comes before then; `never`.
    [[nodiscard]] std::int64_t next_change_ns() const;

    [[nodiscard]] const std::unordered_map<std::uint64_t, Entry>& claims() const { return claims_; }
    /// The claim that is this entry, if it has not ended.
    [[nodiscard]] const Entry* find(std::uint64_t claim, std::uint64_t id) const;
    [[nodiscard]] const Recent<Entry>& alerts() const { return alerts_; }
    [[nodiscard]] const Recent<Entry>& failures() const { return failures_; }
    /// Of the followed port, if there is one; else of all.
    [[nodiscard]] const Recent<Entry>& events() const { return followed_ ? of_followed_ : events_; }

    /// Keeps the events of one port apart, so that those of others do not push them out. What is remembered
    /// of it comes first.
    void follow(const Followed& port);
    void follow_all();
    [[nodiscard]] const std::optional<Followed>& followed() const { return followed_; }

    [[nodiscard]] const Totals& totals() const { return totals_; }
    /// Events in the last whole second.
    [[nodiscard]] std::uint64_t rate() const { return last_second_; }
    [[nodiscard]] const std::string& plan() const { return plan_; }

  private:
    /// False: nothing is to be shown of it.
    bool apply(const Event& event);
    void claim(const Event& event);
    void forget_oldest();
    void append(Recent<Entry>& list, const Event& event) const;

    ModelLimits limits_;
    bool alerts_only_;
    std::unordered_map<std::uint64_t, Entry> claims_; ///< by Event::claim
    Recent<Entry> alerts_;
    Recent<Entry> failures_;
    Recent<Entry> events_;
    Recent<Entry> of_followed_;
    std::optional<Followed> followed_;
    Totals totals_;
    std::string plan_;
    std::uint64_t version_ = 0;
    std::uint64_t id_ = 0;    ///< of the last event
    std::int64_t second_ = 0; ///< CLOCK_MONOTONIC
    std::uint64_t this_second_ = 0;
    std::uint64_t last_second_ = 0;
};

} // namespace bindwatch::top
