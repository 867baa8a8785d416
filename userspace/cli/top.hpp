// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "util/result.hpp"

#include <string_view>

namespace bindwatch {

/// `bindwatch top [FILTERS]`: claims, alerts, failures and events on the whole screen, until a key or a
/// signal ends it. Status 2: there is no terminal that could show it.
[[nodiscard]] Result<ExitCode> show_top(const TopConfig& config, std::string_view version);

} // namespace bindwatch
