// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "util/result.hpp"

#include <string_view>

namespace bindwatch {

/// `bindwatch [FILTERS] [OUTPUT]`: follows claims until a signal, --duration, --count, or no output is left.
[[nodiscard]] Result<ExitCode> follow(const FollowConfig& config, std::string_view version);

} // namespace bindwatch
