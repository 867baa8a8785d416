// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "util/result.hpp"

#include <bindwatch/event_abi.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

struct ring_buffer;

namespace bindwatch {

/// Reads the ring buffer and the counters of what found no room in it. `counts` entries stand behind
/// counts_fd: the sum, then each CPU's.
class RingReader {
  public:
    /// Gets one record, valid during the call. False ends this read; the record counts as read.
    using OnRecord = std::function<bool(std::span<const std::byte>)>;

    [[nodiscard]] static Result<RingReader> open(int ring_fd, int counts_fd, std::uint32_t counts,
                                                 OnRecord on_record);

    /// Readable when the kernel has put records into an empty ring.
    [[nodiscard]] int poll_fd() const;
    /// Hands over all that there is. The number of records, negative if on_record ended it.
    int drain();
    /// What the kernel side has lost since start, in sum. A read of memory: no system call.
    [[nodiscard]] std::uint64_t lost() const;
    /// The same, CPU by CPU. At least the sum that was read before.
    [[nodiscard]] std::span<const bw_loss> losses() const;

  private:
    struct FreeRing {
        void operator()(ring_buffer* ring) const;
    };
    struct Unmap {
        std::size_t bytes;
        void operator()(const bw_loss* counts) const;
    };

    RingReader() = default;

    std::unique_ptr<OnRecord> on_record_; ///< its address must not change: libbpf holds it
    std::unique_ptr<const bw_loss, Unmap> counts_{nullptr, Unmap{0}};
    std::size_t cpus_ = 0;
    std::unique_ptr<ring_buffer, FreeRing> ring_;
};

} // namespace bindwatch
