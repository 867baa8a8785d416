// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "util/unique_fd.hpp"

namespace bindwatch {

enum class Signal : unsigned char { none, stop, reload };

/// SIGINT and SIGTERM (stop) and SIGHUP (reload) as something to poll instead of something that interrupts.
/// SIGPIPE is ignored: writing says EPIPE.
class Signals {
  public:
    /// Blocks the signals for this thread and those it starts.
    Signals();

    [[nodiscard]] int poll_fd() const { return fd_.get(); }
    /// The next signal that waits; never blocks.
    [[nodiscard]] Signal next() const;

  private:
    UniqueFd fd_;
};

} // namespace bindwatch
