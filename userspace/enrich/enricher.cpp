// SPDX-License-Identifier: Apache-2.0
#include "enrich/enricher.hpp"

#include "enrich/container.hpp"

#include <string_view>

namespace bindwatch {

void Enricher::enrich(const Decoded& decoded, Event& event) {
    if (!decoded.complete || !event.process) {
        return;
    }
    event.container = find_container(event.cgroup ? std::string_view(event.cgroup->path) : std::string_view(),
                                     decoded.cgroup_v1);
    Process& process = *event.process;
    if (process.uid) {
        process.user = users_.name_of(*process.uid, Users::Clock::now());
    }
    if (decoded.args_missing) {
        process.args = host_.args_of(process.pid, process.start_time_ns);
    }
}

} // namespace bindwatch
