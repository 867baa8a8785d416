// SPDX-License-Identifier: Apache-2.0
#include "inventory/lineage.hpp"

#include "inventory/inventory.hpp"
#include "sinks/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace bindwatch {
namespace {

constexpr std::uint32_t init_pid = 1;
constexpr std::string_view manager = "systemd";

std::string name_in(const Found& found, std::uint32_t pid) {
    const auto sharer = std::ranges::find(found.sharers, pid, &Sharer::pid);
    return fmt::format("{}[{}]", sharer == found.sharers.end() ? std::string() : printable(sharer->comm),
                       pid);
}

} // namespace

std::string lineage_of(const Found& found, const Sharer& sharer) {
    if (sharer.made) {
        return "made it";
    }
    std::string words;
    if (sharer.activated.value_or(false)) {
        words = "was started with it (socket activation)";
    }
    if (sharer.ancestor) {
        words +=
            fmt::format("{}{} {}", words.empty() ? "" : ", ", sharer.is_child ? "child of" : "descends from",
                        name_in(found, *sharer.ancestor));
    }
    return words;
}

const Sharer* activator_of(const Event& event) {
    const Found& found = found_of(event);
    for (const Sharer& sharer : found.sharers) {
        // A user's manager is told by its cgroup, which its services cannot enter.
        const bool of_user = event.process && event.process->pid == sharer.pid && event.cgroup &&
                             event.cgroup->path.ends_with("/init.scope");
        if (sharer.comm == manager && (sharer.pid == init_pid || of_user)) {
            return &sharer;
        }
    }
    return nullptr;
}

} // namespace bindwatch
