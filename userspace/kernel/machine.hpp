// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "doctor/facts.hpp"

namespace bindwatch {

/// Of the running machine and this process. Changes nothing.
[[nodiscard]] MachineFacts read_machine_facts();

} // namespace bindwatch
