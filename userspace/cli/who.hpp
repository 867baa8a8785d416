// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "util/result.hpp"

#include <string_view>

namespace bindwatch {

/// `bindwatch who`: ExitCode::failure with nothing but a line on stdout if nobody has the port.
[[nodiscard]] Result<ExitCode> who(const WhoConfig& config, std::string_view version);

} // namespace bindwatch
