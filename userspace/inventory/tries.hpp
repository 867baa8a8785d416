// SPDX-License-Identifier: Apache-2.0
/// Who tried to get a port in vain.
#pragma once

#include "sinks/local_time.hpp"

#include <bindwatch/event.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace bindwatch {

/// Counts the failed calls among events, by process. Takes no more room however many there are: of processes
/// beyond the first 64 it knows the number of their calls alone.
class Tries {
  public:
    /// Anything but a failed bind or listen is skipped.
    void add(const Event& event);

    [[nodiscard]] bool empty() const { return by_process_.empty(); }
    /// "2 processes tried in vain: nginx[88] 3 times, last at 08:10:43.120; python3[90] at 08:10:41.002", the
    /// latest first. At most five are named. Printable, without a line break; empty: nobody did.
    [[nodiscard]] std::string text(Clock clock) const;

  private:
    struct Tried {
        std::string comm; ///< as the kernel holds it, at the last try
        std::uint64_t times = 0;
        std::int64_t last_ns = 0; ///< wall clock
    };

    /// By pid and start time: a pid may be another process's later.
    std::map<std::pair<std::uint32_t, std::int64_t>, Tried> by_process_;
    std::uint64_t others_ = 0; ///< calls of processes that found no room
};

} // namespace bindwatch
