// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "sinks/sink.hpp"
#include "util/result.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

namespace bindwatch {

/// What lives in the loop of follow() beside the outputs and has the terminal to itself: the screen of `top`.
class Companion {
  public:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    Companion() = default;
    Companion(const Companion&) = delete;
    Companion& operator=(const Companion&) = delete;
    Companion(Companion&&) = delete;
    Companion& operator=(Companion&&) = delete;
    virtual ~Companion() = default;

    /// Gets every event; once.
    [[nodiscard]] virtual std::unique_ptr<Sink> sink() = 0;
    /// Everything is loaded and attached, no capability is left; what exists is told next.
    virtual Result<void> begin() = 0;
    [[nodiscard]] virtual int poll_fd() const = 0;
    /// `revents`: what poll() says of poll_fd(). Never waits. When to come again if nothing happens before:
    /// CLOCK_MONOTONIC, or `never`.
    virtual std::int64_t turn(short revents) = 0;
    /// A signal of For::screen that is not an end.
    virtual void handle(int signal) = 0;
    /// It wants to go on.
    [[nodiscard]] virtual bool running() const = 0;
    /// Gives the terminal back. May be called twice, or without begin().
    virtual void end() = 0;
};

/// `bindwatch [FILTERS] [OUTPUT]`: follows claims until a signal, --duration, --count, or no output is left.
[[nodiscard]] Result<ExitCode> follow(const FollowConfig& config, std::string_view version,
                                      Companion* companion = nullptr);

} // namespace bindwatch
