// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernel/snapshot.hpp"
#include "util/result.hpp"

#include <bindwatch/event.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bindwatch {

/// Who has the port of a bind that failed, looked up at once. A burst of failures must not become a burst of
/// looks, which take time: an answer serves the failures of the same port for a moment, and there are twenty
/// looks at once and then fifty a second; beyond that there is no answer.
class HolderFinder {
  public:
    /// While there are capabilities. Before Linux 5.19 find() needs CAP_BPF too where
    /// unprivileged_bpf_disabled is set.
    [[nodiscard]] static Result<HolderFinder> load();

    /// All that have the port, those in the way and others, with what can be read of their processes. Null:
    /// nobody looked.
    [[nodiscard]] std::optional<std::vector<FoundSocket>> find(const Event& failed);

  private:
    explicit HolderFinder(Snapshot snapshot) : snapshot_(std::move(snapshot)) {}

    Snapshot snapshot_;
    std::uint32_t port_ = 0; ///< of the last answer
    std::vector<FoundSocket> answer_;
    std::int64_t fresh_until_ns_ = 0; ///< CLOCK_MONOTONIC
    std::int64_t paid_until_ns_ = 0;  ///< CLOCK_MONOTONIC: each look adds 20 ms, at most 20 times that ahead
};

} // namespace bindwatch
