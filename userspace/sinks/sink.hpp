// SPDX-License-Identifier: Apache-2.0
/// Where lines go, and what they look like.
#pragma once

#include "util/result.hpp"

#include <bindwatch/event.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

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
    Formatter(Formatter&&) = delete;
    Formatter& operator=(Formatter&&) = delete;
    virtual ~Formatter() = default;

    virtual void append(std::string& out, StreamPosition at, const Event& event) = 0;
    virtual void append(std::string& out, StreamPosition at, const StartRecord& record) = 0;
    virtual void append(std::string& out, StreamPosition at, const LostRecord& record) = 0;
    virtual void append(std::string& out, StreamPosition at, const StopRecord& record) = 0;
    /// The lines from now on are for a terminal of this many cells.
    virtual void resize(std::size_t /*width*/) {}
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
    Target(Target&&) = delete;
    Target& operator=(Target&&) = delete;
    virtual ~Target() = default;

    virtual Result<WriteStatus> write(std::string_view lines) = 0;
    /// After SIGHUP: a file is opened anew by its path, so that it can be rotated. On failure the old one
    /// stays in use.
    virtual Result<void> reopen() { return {}; }
    /// Cells of the terminal that this is; 0: it is none.
    [[nodiscard]] virtual std::size_t terminal_width() const { return 0; }
};

/// One output: events in, lines out. Numbers the lines of its stream and writes them in batches.
class Sink {
  public:
    Sink(std::unique_ptr<Formatter> formatter, std::unique_ptr<Target> target)
        : formatter_(std::move(formatter)), target_(std::move(target)) {}

    /// Writes only when there is much to write: who calls it calls flush() as soon as nothing more is
    /// waiting.
    template <typename Record>
    Result<WriteStatus> append(const Record& record) {
        formatter_->append(lines_, {.seq = ++seq_}, record);
        return lines_.size() < batch_bytes ? WriteStatus::ok : flush();
    }
    /// What could not be written is gone: the target has said so, and memory is not a spool.
    Result<WriteStatus> flush();
    /// After SIGHUP. On failure the old file stays in use.
    Result<void> reopen() { return target_->reopen(); }

  private:
    static constexpr std::size_t batch_bytes = 64 << 10;

    std::unique_ptr<Formatter> formatter_;
    std::unique_ptr<Target> target_;
    std::string lines_;
    std::uint64_t seq_ = 0;
};

} // namespace bindwatch
