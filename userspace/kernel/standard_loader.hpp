// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "kernel/loaded_plan.h"
#include "kernel/loaded_snapshot.h"

namespace bindwatch {

/// Loads a plan the ordinary way, through libbpf: slower than the light skeleton, but on kernels before 5.17
/// too, and with --verbose it shows why the verifier refuses. 0 or a negative errno.
[[nodiscard]] int load_standard(Plan plan, const bw_settings& settings, bw_loaded_plan& loaded);

/// Likewise all the programs of the snapshot, in one object: bpf/snapshot.bpf.c.
[[nodiscard]] int load_standard_snapshot(const bw_snapshot_settings* settings, bw_loaded_snapshot* loaded);

/// Sends what libbpf says to the debug log; it is silent otherwise.
void route_libbpf_messages();

} // namespace bindwatch
