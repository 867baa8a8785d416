// SPDX-License-Identifier: Apache-2.0
/// Diagnostics for the person at the terminal or the journal: stderr only, never the event stream.
#pragma once

#include <string_view>

namespace bindwatch::log {

/// Before the first message. `verbose` lets debug() through.
void set_up(bool verbose);

void debug(std::string_view message);
void info(std::string_view message);
void warn(std::string_view message);
/// `bindwatch: MESSAGE`, whatever the level.
void error(std::string_view message);

/// While the screen is somebody's, messages are kept, the last 1,000 of them, and written at release().
void hold();
void release();

} // namespace bindwatch::log
