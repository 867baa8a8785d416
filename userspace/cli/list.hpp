// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "util/result.hpp"

namespace bindwatch {

/// `bindwatch list`: writes every claim that exists to the outputs.
[[nodiscard]] Result<ExitCode> list(const ListConfig& config);

} // namespace bindwatch
