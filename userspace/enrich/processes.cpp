// SPDX-License-Identifier: Apache-2.0
#include "enrich/processes.hpp"

#include "enrich/container.hpp"

#include <bindwatch/event_abi.h>

#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace bindwatch {
namespace {

/// SD_LISTEN_FDS_START of sd_listen_fds(3).
constexpr std::uint32_t first_given = 3;
/// A bound for a /proc that changes while it is read.
constexpr std::size_t most_generations = 64;

/// As much as the kernel's records carry.
void cut_args(std::vector<std::string>& args, bool& truncated) {
    std::size_t room = BW_MAX_ARGS;
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i].size() >= room) {
            truncated = args[i].size() > room || i + 1 < args.size();
            args[i].resize(room);
            args.resize(i + 1);
            return;
        }
        room -= args[i].size() + 1;
    }
}

} // namespace

Processes::Processes(Users::LookUp user, std::int64_t boot_to_real_ns, std::string cgroup2, std::string proc)
    : users_(std::move(user)), boot_to_real_ns_(boot_to_real_ns), cgroup2_(std::move(cgroup2)),
      proc_(std::move(proc)) {}

void Processes::identify(Event& event) {
    if (!event.process) {
        return;
    }
    Process& process = *event.process;
    const ProcessPlace& place = place_of(process, facts_of(process.pid, process.start_time_ns));
    event.cgroup = place.cgroup;
    event.container = place.container;
    if (process.uid) {
        process.user = users_.name_of(*process.uid, Users::Clock::now());
    }
}

void Processes::complete(Event& event) {
    if (!event.process) {
        return;
    }
    identify(event);
    ProcessFacts& facts = facts_of(event.process->pid, event.process->start_time_ns);
    if (!facts.process) {
        facts.process =
            place_of(*event.process, facts).known ? complete_process(*event.process) : *event.process;
    }
    event.process = facts.process;
}

void Processes::trace(Found& found) {
    if (found.maker) {
        found.maker->user = users_.name_of(found.maker->uid, Users::Clock::now());
    }
    for (Sharer& sharer : found.sharers) {
        if (!is_there(sharer)) {
            continue;
        }
        find_ancestor(sharer, found.sharers);
        if (const auto given = activation_of(sharer)) {
            sharer.activated = std::ranges::any_of(sharer.fds, [&](std::uint32_t fd) {
                return fd >= first_given && fd - first_given < given->count;
            });
        }
    }
}

bool Processes::is_there(const Sharer& sharer) {
    const auto& stat = stat_of(sharer.pid);
    return stat && ProcessFiles::same_start(stat->start_ns, sharer.start_time_ns - boot_to_real_ns_);
}

void Processes::find_ancestor(Sharer& sharer, std::span<const Sharer> sharers) {
    std::uint32_t pid = sharer.pid;
    for (std::size_t generation = 0; generation < most_generations; ++generation) {
        const auto& stat = stat_of(pid);
        if (!stat || stat->ppid == 0) {
            return;
        }
        pid = stat->ppid;
        const auto known = std::ranges::find(sharers, pid, &Sharer::pid);
        if (known != sharers.end() && is_there(*known)) {
            sharer.ancestor = pid;
            sharer.is_child = generation == 0;
            return;
        }
    }
}

std::optional<Activation> Processes::activation_of(const Sharer& sharer) {
    ProcessFacts& facts = facts_of(sharer.pid, sharer.start_time_ns);
    if (!facts.activation) {
        const ProcessFiles files(proc_, sharer.pid);
        auto activation = files.activation();
        if (activation && activation->count != 0) {
            // Children inherit the words too, but they are meant for one process.
            const auto status = files.status();
            activation = status && status->ns_pid == activation->pid ? *activation : Activation{};
        }
        facts.activation = activation;
    }
    return *facts.activation;
}

ProcessFacts& Processes::facts_of(std::uint32_t pid, std::int64_t start_time_ns) {
    ProcessFacts& facts = facts_[pid];
    if (facts.start_time_ns != start_time_ns) {
        facts = ProcessFacts{.start_time_ns = start_time_ns};
    }
    return facts;
}

const std::optional<ProcessStat>& Processes::stat_of(std::uint32_t pid) {
    const auto [known, unknown] = stats_.try_emplace(pid);
    if (unknown) {
        known->second = ProcessFiles(proc_, pid).stat();
    }
    return known->second;
}

const ProcessPlace& Processes::place_of(const Process& process, ProcessFacts& facts) {
    if (facts.place) {
        return *facts.place;
    }
    ProcessPlace& place = facts.place.emplace();
    const ProcessFiles files(proc_, process.pid);
    const auto cgroups = files.cgroups();
    place.known = files.started_at(process.start_time_ns - boot_to_real_ns_);
    if (!place.known || !cgroups) {
        return place;
    }
    place.container = find_container(cgroups->path.value_or(""), cgroups->v1);
    struct stat status {};
    // In a cgroup namespace those outside have a path with "/.." at its beginning.
    if (cgroups->path && !cgroups->path->starts_with("/..") && !cgroup2_.empty() &&
        stat((cgroup2_ + *cgroups->path).c_str(), &status) == 0) {
        place.cgroup = Cgroup{.id = status.st_ino, .path = *cgroups->path};
    }
    return place;
}

Process Processes::complete_process(const Process& process) {
    const ProcessFiles files(proc_, process.pid);
    Process whole = process;
    if (const auto status = files.status()) {
        whole.uid = status->uid;
        whole.gid = status->gid;
        whole.ns_pid = status->ns_pid;
    }
    whole.pidns = files.namespace_of("pid");
    whole.exe = files.exe();
    whole.args = files.args();
    if (whole.args) {
        cut_args(*whole.args, whole.args_truncated);
    }
    const auto stat = files.stat();
    if (stat) {
        whole.ppid = stat->ppid;
        whole.ancestors = ancestors_of(stat->ppid);
    }
    // The pid may have gone to another process while we read.
    return files.started_at(process.start_time_ns - boot_to_real_ns_) ? whole : process;
}

std::vector<Ancestor> Processes::ancestors_of(std::uint32_t ppid) {
    std::vector<Ancestor> ancestors;
    while (ppid != 0 && ancestors.size() < BW_MAX_ANCESTORS) {
        const auto& parent = stat_of(ppid);
        if (!parent) {
            break;
        }
        ancestors.push_back({.pid = ppid, .comm = parent->comm});
        ppid = parent->ppid;
    }
    return ancestors;
}

} // namespace bindwatch
