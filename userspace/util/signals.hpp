// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "util/unique_fd.hpp"

namespace bindwatch {

enum class Signal : unsigned char { none, stop, reload, child, pass_on, terminal };

struct ReceivedSignal {
    Signal meaning = Signal::none;
    int number = 0;
};

/// SIGINT and SIGTERM (stop) and SIGHUP (reload) as something to poll instead of something that interrupts.
/// SIGPIPE is ignored: writing says EPIPE.
class Signals {
  public:
    enum class For : unsigned char {
        self,
        /// Everything that somebody sends is for the command that we run (pass_on), and its end is told
        /// (child). What a terminal sends goes to the command too, and means nothing here.
        command,
        /// A program that has the whole screen: that the terminal has gone (SIGHUP) is an end, and what
        /// happens to it otherwise (SIGWINCH, SIGTSTP, SIGCONT) is told (terminal).
        screen,
    };

    /// Blocks the signals for this thread and those it starts.
    explicit Signals(For whom = For::self);

    [[nodiscard]] int poll_fd() const { return fd_.get(); }
    /// The next signal that waits; never blocks.
    [[nodiscard]] ReceivedSignal next() const;

  private:
    For whom_;
    UniqueFd fd_;
};

} // namespace bindwatch
