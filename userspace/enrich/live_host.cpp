// SPDX-License-Identifier: Apache-2.0
#include "enrich/enricher.hpp"
#include "enrich/process_files.hpp"
#include "util/clock.hpp"

#include <string>
#include <vector>

namespace bindwatch {

std::optional<std::string> LiveHost::user_name(std::uint32_t uid) {
    return look_up_user(uid);
}

std::optional<std::vector<std::string>> LiveHost::args_of(std::uint32_t pid, std::int64_t start_time_ns) {
    const ProcessFiles files("/proc", pid);
    const std::int64_t start_ns = start_time_ns - boot_to_real_ns();
    if (!files.started_at(start_ns)) {
        return std::nullopt;
    }
    auto args = files.args();
    // The pid may have gone to another process while we read.
    return files.started_at(start_ns) ? std::move(args) : std::nullopt;
}

} // namespace bindwatch
