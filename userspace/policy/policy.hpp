// SPDX-License-Identifier: Apache-2.0
/// Which events are worth a warning. Pure.
#pragma once

#include <bindwatch/event.hpp>

namespace bindwatch {

/// Appends the alerts that are on by default (unassigned-port, reserved-port, dynamic-port) to event.alerts,
/// and ephemeral-range where the kernel side was asked to look (Filters::ephemeral_range). Only a bind raises
/// them, and only for a port that the program asked for. Needs a classified event.
void judge(Event& event);

} // namespace bindwatch
