// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace bindwatch {

/// When to read the ring. After a batch it is left alone for a moment: the kernel wakes a reader only when it
/// had caught up, and waking one for each record of a burst costs the programs that bind more than anything
/// else does. A lone record is read at once. A record that finds no room is counted a moment after the ring
/// was full, so what is lost is looked for once more after the last batch. Nothing wakes an idle bindwatch.
/// All times are of CLOCK_MONOTONIC.
class RingPace {
  public:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
    /// How many records are read before a signal is looked for, in a storm that never lets the ring run
    /// empty.
    static constexpr unsigned records_between_signals = 1024;

    /// The ring is not to be polled: it is read at next_ns().
    [[nodiscard]] bool resting() const { return rest_until_ != never; }
    [[nodiscard]] bool rested(std::int64_t now_ns) const { return now_ns >= rest_until_; }

    /// When to come again if nothing happens before.
    [[nodiscard]] std::int64_t next_ns() const { return std::min(settle_at_, rest_until_); }

    /// The ring was read to its end, and had `records`; none ends the rest.
    void note_batch(int records, std::int64_t now_ns) {
        rest_until_ = records == 0 ? never : now_ns + rest_ns;
        settle_at_ = records == 0 ? settle_at_ : now_ns + settle_ns;
    }

    /// True, once: what the batches before have lost is counted by now.
    [[nodiscard]] bool settles(std::int64_t now_ns) {
        return now_ns >= settle_at_ && std::exchange(settle_at_, never) != never;
    }

  private:
    static constexpr std::int64_t rest_ns = 1'000'000;
    static constexpr std::int64_t settle_ns = 100'000'000;

    std::int64_t rest_until_ = never;
    std::int64_t settle_at_ = never;
};

} // namespace bindwatch
