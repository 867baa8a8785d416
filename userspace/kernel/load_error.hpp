// SPDX-License-Identifier: Apache-2.0
/// What a refusal of the kernel really means, in one line: the capability or the option that is missing.
#pragma once

#include "util/result.hpp"

#include <string_view>

namespace bindwatch {

/// `error` is the positive errno with which loading `plan`, "snapshot" or "holders" failed.
[[nodiscard]] Error load_error(std::string_view plan, int error);

/// `hook` could not be attached.
[[nodiscard]] Error attach_error(std::string_view hook, int error);

} // namespace bindwatch
