// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "doctor/report.hpp"

#include <string_view>

namespace bindwatch {

/// `bindwatch doctor`: looks at the machine, and loads and attaches every plan for a moment.
[[nodiscard]] Diagnosis examine(const DoctorConfig& config, std::string_view version);

} // namespace bindwatch
