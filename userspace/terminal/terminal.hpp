// SPDX-License-Identifier: Apache-2.0
/// The terminal while it is ours, by ncurses.
#pragma once

#include "top/key.hpp"
#include "top/screen.hpp"
#include "util/result.hpp"

#include <termios.h>

#include <memory>
#include <optional>

struct screen; // ncurses' SCREEN

namespace bindwatch {

/// There is at most one. It is given back when this ends, and if the process dies of a signal before.
class Terminal {
  public:
    /// After check_terminal(). The signals of the terminal must be blocked: Signals::For::screen. Needs no
    /// capability.
    [[nodiscard]] static Result<std::unique_ptr<Terminal>> open(bool color);

    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    Terminal(Terminal&&) = delete;
    Terminal& operator=(Terminal&&) = delete;
    ~Terminal();

    [[nodiscard]] top::Size size() const;
    /// Writes what differs from what is there. A character whose width the system sees otherwise than we do
    /// is shown as '?', so that nothing moves.
    void show(const top::Screen& screen);
    /// The next show() writes everything.
    void repaint();
    /// The next key that waits; of an escape sequence that has begun the rest is awaited for a moment.
    [[nodiscard]] std::optional<top::Key> next_key();
    /// Nothing will come any more although stdin says that it can be read.
    [[nodiscard]] bool at_end() const;

    /// The terminal may have another size.
    void resize();
    /// Gives it back, stops the process as SIGTSTP does, and takes it again when the process goes on.
    void suspend();
    /// After SIGCONT: somebody else may have had it.
    void resume();

  private:
    explicit Terminal(bool color) : color_(color) {}
    void set_up();
    void arm();

    bool color_;
    termios before_{};
    ::screen* screen_ = nullptr;
    void* keys_ = nullptr; ///< a window of ncurses that is never shown: reading keys from it draws nothing
};

} // namespace bindwatch
