// SPDX-License-Identifier: Apache-2.0
#include "inventory/next_step.hpp"

#include "inventory/lineage.hpp"
#include "sinks/printable.hpp"

#include <bindwatch/names.hpp>

#include <fmt/format.h>

#include <array>
#include <ranges>

namespace bindwatch {
namespace {

/// As container runtimes print it, and take it.
constexpr std::size_t short_id = 12;

struct Stopper {
    std::string_view runtime;
    std::string_view command;
};
constexpr std::array stoppers{
    Stopper{"docker", "docker stop "},
    Stopper{"podman", "podman stop "},
    Stopper{"containerd", "crictl stop "},
    Stopper{"cri-o", "crictl stop "},
    Stopper{unknown_runtime, "crictl stop "},
    Stopper{"lxc", "lxc-stop -n "},
    Stopper{"systemd-nspawn", "machinectl stop "},
};

std::string container_command(const Container& container) {
    for (const Stopper& stopper : stoppers) {
        if (stopper.runtime == container.runtime) {
            const std::string_view id = container.id;
            return std::string(stopper.command) +
                   printable_argument(is_generated_id(id) ? id.substr(0, short_id) : id);
        }
    }
    return {};
}

/// systemd escapes '-' in a slice's name, and what is not printable in any, as \xNN; "user@1000.service"
/// manages others.
bool is_service(std::string_view component) {
    return component.ends_with(".service") && !component.starts_with("user@");
}

} // namespace

std::optional<Unit> unit_of(std::string_view cgroup_path) {
    std::optional<Unit> unit;
    bool user = false;
    for (const auto part : std::views::split(cgroup_path, '/')) {
        const std::string_view component(part.begin(), part.end());
        user = user || component.starts_with("user@");
        if (is_service(component)) {
            unit = Unit{.name = std::string(component), .user = user};
        }
    }
    return unit;
}

std::string command_to_stop(const Event& event) {
    if (event.container) {
        if (std::string command = container_command(*event.container); !command.empty()) {
            return command;
        }
    }
    if (const Sharer* const activator = activator_of(event)) {
        const std::string_view systemctl = activator->pid == 1 ? "systemctl" : "systemctl --user";
        return fmt::format("{} stop UNIT.socket ({} list-sockets names it: systemd holds the port)",
                           systemctl, systemctl);
    }
    if (const auto unit = event.cgroup ? unit_of(event.cgroup->path) : std::nullopt) {
        return std::string(unit->user ? "systemctl --user stop " : "systemctl stop ") +
               printable_argument(unit->name);
    }
    std::string command;
    if (event.found) {
        for (const Sharer& sharer : event.found->sharers) {
            if (sharer.pid == 1) {
                continue; // the machine's own init: nobody wants to end that
            }
            command += (command.empty() ? "kill " : " ") + std::to_string(sharer.pid);
        }
    }
    return command;
}

} // namespace bindwatch
