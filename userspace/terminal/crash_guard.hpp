// SPDX-License-Identifier: Apache-2.0
/// Gives the terminal back when the process dies of a signal.
#pragma once

#include <termios.h>

#include <string_view>

namespace bindwatch {

/// From now on any signal that would end the process, and is not blocked, first writes `leaving` (at most 512
/// bytes) to stdout and sets `before` for stdin; then it does what it would have done. There is one guard for
/// the process.
void arm_crash_guard(std::string_view leaving, const termios& before);
/// The terminal is not ours now. Signals do nothing more than usual.
void disarm_crash_guard();

} // namespace bindwatch
