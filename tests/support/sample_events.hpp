// SPDX-License-Identifier: Apache-2.0
/// Events for tests and benchmarks of what comes after decode.
#pragma once

#include <bindwatch/event.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace bindwatch::sample {

inline constexpr std::int64_t time_ns = 1'795'421'431'123'456'789; ///< 2026-11-23T08:10:31.123456789Z
inline constexpr const char* boot_id = "6f1b4a2e-6d0c-4b8e-9a53-0c8f6a1d2e3f";

/// `python3 -m http.server 1683`, started from a shell.
Process python(std::uint32_t pid = 2608);

/// A bind to 127.0.0.1:1683/tcp with every fact and its alert.
Event bind_1683(std::uint32_t pid = 2608);

/// bind, listen and release of that claim, as the pipeline would hand them to a sink.
std::vector<Event> life_of_a_claim(std::uint32_t pid = 2608);

/// nginx could not bind 80/tcp: EADDRINUSE.
Event failed_bind();

/// Byte strings that a terminal or a parser would rather not see, with what JSON must say they are.
struct Hostile {
    std::string bytes;
    std::string valid_utf8;
};
const std::vector<Hostile>& hostile_strings();

/// Claims of every transport, family, origin and outcome, with facts missing, and with each of
/// hostile_strings() in each place that another program controls.
std::vector<Event> all_sorts();

} // namespace bindwatch::sample
