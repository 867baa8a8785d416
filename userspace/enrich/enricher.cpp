// SPDX-License-Identifier: Apache-2.0
#include "enrich/enricher.hpp"

#include "enrich/container_path.hpp"

#include <utility>

namespace bindwatch {
namespace {

/// Where cgroup v1 is in use as well, the runtime may have named the container there alone.
PathIdentity identify(const Decoded& decoded, const Event& event) {
    PathIdentity identity = event.cgroup ? identify_path(event.cgroup->path) : PathIdentity{};
    for (auto path = decoded.cgroup_v1.begin(); identity.id.empty() && path != decoded.cgroup_v1.end();
         ++path) {
        identity = identify_path(*path);
    }
    return identity;
}

void set_container(PathIdentity identity, std::optional<Container>& container) {
    if (identity.id.empty()) {
        container.reset();
        return;
    }
    container = Container{.id = std::move(identity.id), .runtime = std::string(identity.runtime)};
    if (!identity.pod_uid.empty()) {
        container->pod_uid = std::move(identity.pod_uid);
    }
}

} // namespace

void Enricher::enrich(const Decoded& decoded, Event& event) {
    if (!decoded.complete || !event.process) {
        return;
    }
    set_container(identify(decoded, event), event.container);
    Process& process = *event.process;
    if (process.uid) {
        process.user = users_.name_of(*process.uid, Users::Clock::now());
    }
    if (decoded.args_missing) {
        process.args = host_.args_of(process.pid, process.start_time_ns);
    }
}

} // namespace bindwatch
