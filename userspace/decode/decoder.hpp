// SPDX-License-Identifier: Apache-2.0
/// Bytes of the ring buffer -> Event. The bytes are not trusted: every length is checked against the record's
/// own.
#pragma once

#include <bindwatch/event.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace bindwatch {

/// What a record says besides the event: for the claims table and the loss count.
struct Decoded {
    std::uint64_t claim = 0;      ///< the same number in every record of one claim
    std::uint64_t lost = 0;       ///< records lost before this one, since start
    std::int64_t bound_at_ns = 0; ///< wall clock of the claim's bind; 0: unknown
    std::uint64_t since = 0; ///< the same as the kernel noted it: with `claim` it names one claim for ever
    bool complete =
        false; ///< the record carries the process facts; without them event.process is only a name
    bool by_holder = false;    ///< these facts are the claim's holder's
    bool kept = true;          ///< the kernel side takes note of the claim: its release will be told
    bool args_missing = false; ///< the kernel could not read the args: /proc may still have them
    std::vector<std::string> cgroup_v1{}; ///< paths in v1 hierarchies, if they end otherwise than that in v2
};

/// Fills `event`, whose memory is reused: what it held before is gone. `boot_to_real_ns` is added to the
/// kernel's CLOCK_BOOTTIME to get the wall clock. The error says what is wrong with the bytes; `event` is
/// then unspecified.
[[nodiscard]] std::expected<Decoded, std::string> decode(std::span<const std::byte> bytes,
                                                         std::int64_t boot_to_real_ns, Event& event);

} // namespace bindwatch
