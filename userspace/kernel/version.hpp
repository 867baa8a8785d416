// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace bindwatch {

/// Of the libbpf that is linked: "1.1".
[[nodiscard]] std::string libbpf_version();

} // namespace bindwatch
