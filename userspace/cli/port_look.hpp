// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "inventory/inventory.hpp"
#include "util/result.hpp"

#include <string>
#include <vector>

namespace bindwatch {

/// The filters that choose a port, with MPTCP where TCP is asked for: its ports are TCP's.
[[nodiscard]] Filters filters_for(const PortQuery& query);

/// All that have the port now, complete (survey()). `say_remark`: warns of what could not be looked at.
[[nodiscard]] Result<std::vector<FoundSocket>> look_at(const PortQuery& query, bool say_remark);

/// The answer to `who`, in the format that is asked for.
[[nodiscard]] std::string answer(const WhoConfig& config, const std::vector<FoundSocket>& sockets);

} // namespace bindwatch
