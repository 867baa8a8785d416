// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ctime>
#include <limits>

namespace bindwatch {

[[nodiscard]] inline std::int64_t now_ns(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

[[nodiscard]] inline std::int64_t wall_clock_ns() {
    return now_ns(CLOCK_REALTIME);
}

/// What turns the kernel's CLOCK_BOOTTIME into the wall clock; NTP moves it. The two cannot be read at once:
/// of a few tries the one counts that took least, so that a preemption in between does not become an error.
[[nodiscard]] inline std::int64_t boot_to_real_ns() {
    constexpr int tries = 8;
    constexpr std::int64_t undisturbed_ns = 1'000;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::int64_t offset = 0;
    for (int i = 0; i < tries && least > undisturbed_ns; ++i) {
        const std::int64_t before = now_ns(CLOCK_BOOTTIME);
        const std::int64_t real = wall_clock_ns();
        const std::int64_t took = now_ns(CLOCK_BOOTTIME) - before;
        if (took < least) {
            least = took;
            offset = real - before - took / 2;
        }
    }
    return offset;
}

} // namespace bindwatch
