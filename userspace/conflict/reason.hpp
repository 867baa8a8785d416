// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bindwatch/event.hpp>

#include <string>

namespace bindwatch {

/// One sentence for a person: what is in the way of the failed bind, why it is although it may not look so,
/// and what to do. Printable; no full stop. `holder` is the first of those_in_the_way().
[[nodiscard]] std::string reason(const Event& failed, const Event& holder);

/// Likewise where nothing was found that is in the way any more. `others`: a socket that has the port and is
/// not.
[[nodiscard]] std::string reason_without_holder(const Event& failed, const Event* other);

} // namespace bindwatch
