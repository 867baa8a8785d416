// SPDX-License-Identifier: Apache-2.0
/// Where lines go, and what they look like.
#pragma once

#include "util/result.hpp"

#include <bindwatch/event.hpp>

#include <string>

namespace bindwatch {

/// What every line of a stream carries besides the event itself.
struct StreamPosition {
    std::uint64_t seq = 0; ///< from 1, no gaps
};

/// Turns events into bytes. Appends whole lines to `out`, never clears it, and makes every hostile byte
/// harmless in its format.
class Formatter {
  public:
    Formatter() = default;
    Formatter(const Formatter&) = delete;
    Formatter& operator=(const Formatter&) = delete;
    virtual ~Formatter() = default;

    virtual void append(std::string& out, StreamPosition at, const Event& event) = 0;
    virtual void append(std::string& out, StreamPosition at, const StartRecord& record) = 0;
    virtual void append(std::string& out, StreamPosition at, const LostRecord& record) = 0;
    virtual void append(std::string& out, StreamPosition at, const StopRecord& record) = 0;
};

enum class WriteStatus : std::uint8_t {
    ok,
    closed, ///< the reader has gone (EPIPE): end quietly
};

/// Takes whole lines. A failure names the target and the errno's message.
class Target {
  public:
    Target() = default;
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    virtual ~Target() = default;

    virtual Result<WriteStatus> write(std::string_view lines) = 0;
    /// After SIGHUP: a file is opened anew by its path, so that it can be rotated.
    virtual Result<void> reopen() { return {}; }
};

} // namespace bindwatch
