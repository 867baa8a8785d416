// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/inventory.hpp"

#include <span>
#include <string>

namespace bindwatch {

/// One event a line, as `-o json` writes it, numbered from 1. Without control records: the whole of it is one
/// answer.
[[nodiscard]] std::string json_lines(std::span<const FoundSocket> sockets);

} // namespace bindwatch
