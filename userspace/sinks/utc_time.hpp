// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bindwatch {

/// RFC 3339 in UTC with nine digits of the second. Keeps the text of the last second: events come in bursts.
class UtcTime {
  public:
    UtcTime();

    /// "2026-11-23T08:10:31.123456789Z"; valid until the next call. Takes every value of the type: 1677 to
    /// 2262.
    [[nodiscard]] std::string_view format(std::int64_t ns_since_epoch);

  private:
    void set_second(std::int64_t second);

    std::array<char, 30> text_{};
    std::int64_t second_ = 0;
};

} // namespace bindwatch
