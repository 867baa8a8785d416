// SPDX-License-Identifier: Apache-2.0
/// What terminfo(5) says of the terminal.
#pragma once

#include "util/result.hpp"

#include <string>

namespace bindwatch {

/// Whether stdin and stdout are a terminal that can show a full screen. Changes nothing. Status 2, with what
/// is wrong.
[[nodiscard]] Result<void> check_terminal();

/// What ends a full screen, written at once: the looks and the cursor as usual, the screen that was there
/// before. For the terminal that is in use (newterm(3X)).
[[nodiscard]] std::string leaving_sequence();

} // namespace bindwatch
