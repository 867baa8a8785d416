// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "sinks/sink.hpp"

#include <memory>
#include <string_view>

namespace bindwatch {

/// Opens the target of one --output and puts its format before it. `host` and `boot_id` go into every JSON
/// line. Fails with exit status 2 if the file cannot be opened.
[[nodiscard]] Result<std::unique_ptr<Sink>> open_sink(const OutputSpec& spec, ColorMode color,
                                                      std::string_view host, std::string_view boot_id);

} // namespace bindwatch
