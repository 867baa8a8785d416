// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "util/result.hpp"

#include <string_view>

namespace bindwatch {

/// `who --watch`: the answer, then what happens to the port, until a signal. `who --wait`: the answer, then
/// until nobody has the port, and who has tried to get it meanwhile; ExitCode::failure if a signal came
/// before. The programs are attached before the look, so that nothing falls between the two. Where they do
/// not attach, --wait still waits, and says what it does not see.
[[nodiscard]] Result<ExitCode> watch_port(const WhoConfig& config, std::string_view version);

} // namespace bindwatch
