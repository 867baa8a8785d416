// SPDX-License-Identifier: Apache-2.0
/// Which container a process is in, from the path of its cgroup. Pure: it asks nobody, so it works for a
/// container that is gone.
#pragma once

#include <string>
#include <string_view>

namespace bindwatch {

struct PathIdentity {
    std::string id;             ///< 64 hex digits, or what the runtime uses instead; empty: in no container
    std::string_view runtime{}; ///< lives for ever; empty with `id`
    std::string pod_uid{};      ///< of the Kubernetes pod, as the API server writes it; empty: in no pod

    friend bool operator==(const PathIdentity&, const PathIdentity&) = default;
};

/// The innermost container counts, and the nearest pod around it. What supervises a container (conmon,
/// lxc.monitor) is not in it, though it is in the pod. Any bytes are fine: a path that is not recognised is
/// in no container.
[[nodiscard]] PathIdentity identify_path(std::string_view cgroup_path);

} // namespace bindwatch
