// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/inventory.hpp"

#include <bindwatch/event.hpp>

#include <span>

namespace bindwatch {

/// Fills failed.holders and failed.reason from the sockets that have its port. At most 16 are named. Pure.
void name_holders(Event& failed, std::span<const FoundSocket> sockets);

} // namespace bindwatch
