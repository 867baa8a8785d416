// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "sinks/sink.hpp"

#include <memory>
#include <string>

namespace bindwatch {

/// What every JSON line says of where it comes from. An empty boot id is not known.
struct StreamOrigin {
    std::string host;
    std::string boot_id;
};
[[nodiscard]] StreamOrigin this_machine();

struct OpenTarget {
    std::unique_ptr<Target> target;
    int fd = -1; ///< the target's own, to ask what it is
};

/// Fails with exit status 2 if the file cannot be opened.
[[nodiscard]] Result<OpenTarget> open_target(const OutputSpec& spec);

/// Opens the target of one --output and puts its format before it. Fails as open_target() does.
[[nodiscard]] Result<std::unique_ptr<Sink>> open_sink(const OutputSpec& spec, ColorMode color,
                                                      const StreamOrigin& origin);

} // namespace bindwatch
