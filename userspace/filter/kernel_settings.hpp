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

/// What the kernel side says of a socket with this local port (bw_wants_socket in bpf/filter.bpf.h), `family`
/// being AF_INET or AF_INET6.
[[nodiscard]] bool wants_socket(const KernelSettings& settings, int family, std::uint16_t protocol,
                                std::uint16_t port);

} // namespace bindwatch
