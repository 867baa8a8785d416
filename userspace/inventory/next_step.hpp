// SPDX-License-Identifier: Apache-2.0
/// What a person would type to end a claim. bindwatch never runs it. Pure.
#pragma once

#include <bindwatch/event.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace bindwatch {

/// A systemd service, from the path of its cgroup.
struct Unit {
    std::string name;  ///< "ssh.service"
    bool user = false; ///< of a user's own manager: systemctl --user

    friend bool operator==(const Unit&, const Unit&) = default;
};

/// The innermost service that the cgroup is in. systemd's own (systemd-nspawn@, docker.service, …) are
/// services too; a container inside one is told apart by its own identity. The manager of a user's services
/// is none.
[[nodiscard]] std::optional<Unit> unit_of(std::string_view cgroup_path);

/// "docker stop 3f2a1b9c8d7e", "systemctl stop ssh.service", "kill 88 89"; quoted as a shell wants it. Where
/// systemd holds the socket for a service, what to stop and how to find its name. Empty: nothing that a
/// person can type ends it; never to kill process 1. The event is one that a snapshot found, with its cgroup
/// and container.
[[nodiscard]] std::string command_to_stop(const Event& event);

} // namespace bindwatch
