// SPDX-License-Identifier: Apache-2.0
/// The kernel's part of the filters.
#pragma once

#include "filter/filters.hpp"

#include <bindwatch/event_abi.h>

#include <array>
#include <cstdint>

namespace bindwatch {

struct KernelSettings {
    bw_config config{};
    std::array<std::uint64_t, BW_PORT_WORDS> ports{};
};

/// What the kernel can decide of `filters`; the rest, and every list that is too long for it, stays to
/// matches(). Without `filters` in the kernel every event is wanted.
[[nodiscard]] KernelSettings kernel_settings(const Filters& filters, bool filter_in_kernel);

} // namespace bindwatch
