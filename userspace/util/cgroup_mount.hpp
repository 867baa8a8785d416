// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bindwatch {

/// Where cgroup2 is mounted.
struct CgroupMount {
    std::string point; ///< in this process's file tree, no '/' at its end
    std::string
        root; ///< the part of the hierarchy that is mounted there, from the cgroup2 root; "/": all of it
};

/// Finds the cgroup2 mount in the text of /proc/PID/mountinfo (proc_pid_mountinfo(5)) by its file-system
/// type: hybrid layouts have it at /sys/fs/cgroup/unified. A mount of the whole hierarchy is preferred, in a
/// cgroup namespace the one that shows more than that. Null: there is none.
[[nodiscard]] std::optional<CgroupMount> find_cgroup_mount(std::string_view mountinfo);

/// That of this process's mount namespace.
[[nodiscard]] std::optional<CgroupMount> own_cgroup_mount();

/// Whether the root of all cgroups is there: every other group has the file cgroup.events.
[[nodiscard]] bool shows_whole_hierarchy(const CgroupMount& mount);

} // namespace bindwatch
