// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "util/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

struct ring_buffer;

namespace bindwatch {

/// Reads the ring buffer and the counter of what found no room in it.
class RingReader {
  public:
    /// Gets one record, valid during the call. False ends this read; the record counts as read.
    using OnRecord = std::function<bool(std::span<const std::byte>)>;

    [[nodiscard]] static Result<RingReader> open(int ring_fd, int counts_fd, OnRecord on_record);

    /// Readable when the kernel has put records into an empty ring.
    [[nodiscard]] int poll_fd() const;
    /// Hands over all that there is. The number of records, negative if on_record ended it.
    int drain();
    /// Records that found no room since start. A read of memory: no system call.
    [[nodiscard]] std::uint64_t lost() const;

  private:
    struct FreeRing {
        void operator()(ring_buffer* ring) const;
    };
    struct Unmap {
        void operator()(const volatile std::uint64_t* counts) const;
    };

    RingReader() = default;

    std::unique_ptr<OnRecord> on_record_; ///< its address must not change: libbpf holds it
    std::unique_ptr<const volatile std::uint64_t, Unmap> counts_;
    std::unique_ptr<ring_buffer, FreeRing> ring_;
};

} // namespace bindwatch
