// SPDX-License-Identifier: Apache-2.0
#include "enrich/container.hpp"

#include "enrich/container_path.hpp"

#include <utility>

namespace bindwatch {

std::optional<Container> find_container(std::string_view cgroup, std::span<const std::string> cgroup_v1) {
    PathIdentity identity = identify_path(cgroup);
    for (auto path = cgroup_v1.begin(); identity.id.empty() && path != cgroup_v1.end(); ++path) {
        identity = identify_path(*path);
    }
    if (identity.id.empty()) {
        return std::nullopt;
    }
    Container container{.id = std::move(identity.id), .runtime = std::string(identity.runtime)};
    if (!identity.pod_uid.empty()) {
        container.pod_uid = std::move(identity.pod_uid);
    }
    return container;
}

} // namespace bindwatch
