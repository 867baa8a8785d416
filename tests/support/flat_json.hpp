// SPDX-License-Identifier: Apache-2.0
/// JSON as a flat map for expectations. Not rapidjson/document.h: clang 19 rejects Debian 12's copy of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bindwatch::test {

/// "/transports/0/status" -> "unassigned". Numbers, true, false and null as they are written; an empty object
/// or array as "{}" or "[]". Null when `text` is not one valid JSON value of valid UTF-8.
[[nodiscard]] std::optional<std::map<std::string, std::string>> flatten_json(std::string_view text);

} // namespace bindwatch::test
