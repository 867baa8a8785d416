// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ctime>

namespace bindwatch {

[[nodiscard]] inline std::int64_t now_ns(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

[[nodiscard]] inline std::int64_t wall_clock_ns() {
    return now_ns(CLOCK_REALTIME);
}

/// What turns the kernel's CLOCK_BOOTTIME into the wall clock. Asked anew for each batch: NTP moves it.
[[nodiscard]] inline std::int64_t boot_to_real_ns() {
    return now_ns(CLOCK_REALTIME) - now_ns(CLOCK_BOOTTIME);
}

} // namespace bindwatch
