// SPDX-License-Identifier: Apache-2.0
#include "cli/top.hpp"

namespace bindwatch {

Result<ExitCode> show_top(const TopConfig& /*config*/, std::string_view /*version*/) {
    return fail(ExitCode::failure,
                "top: this bindwatch was built without the full-screen view (BINDWATCH_TOP=OFF)");
}

} // namespace bindwatch
