// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bindwatch {

enum class Clock : std::uint8_t { local, utc };

/// The time of day for a person: "08:10:31.123".
class TimeOfDay {
  public:
    explicit TimeOfDay(Clock clock) : clock_(clock) {}

    /// Valid until the next call.
    [[nodiscard]] std::string_view format(std::int64_t ns_since_epoch);

  private:
    Clock clock_;
    std::int64_t second_ = -1;
    std::string text_;
};

} // namespace bindwatch
