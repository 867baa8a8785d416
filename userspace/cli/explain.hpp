// SPDX-License-Identifier: Apache-2.0
/// `bindwatch explain PORT[/TRANSPORT]…`: what a port number means. Pure; needs no privilege.
#pragma once

#include "config/config.hpp"

#include <string>

namespace bindwatch {

/// For a person: one block a query, a blank line between them, no line wider than 80 columns unless one word
/// is. With `color`, ANSI bold and colour codes and nothing else.
[[nodiscard]] std::string explain_text(const ExplainConfig& config, bool color);

/// One JSON object a query and line, schema "bindwatch-explain/1": docs/EXPLAIN.md.
[[nodiscard]] std::string explain_json(const ExplainConfig& config);

} // namespace bindwatch
