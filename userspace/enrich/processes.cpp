// SPDX-License-Identifier: Apache-2.0
#include "enrich/processes.hpp"

#include "enrich/container.hpp"

#include <bindwatch/event_abi.h>

#include <sys/stat.h>

#include <utility>

namespace bindwatch {
namespace {

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
    const ProcessPlace& place = place_of(process, facts_of(process));
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
    ProcessFacts& facts = facts_of(*event.process);
    if (!facts.process) {
        facts.process =
            place_of(*event.process, facts).known ? complete_process(*event.process) : *event.process;
    }
    event.process = facts.process;
}

void Processes::name_maker(Found& found) {
    if (found.maker) {
        found.maker->user = users_.name_of(found.maker->uid, Users::Clock::now());
    }
}

ProcessFacts& Processes::facts_of(const Process& process) {
    ProcessFacts& facts = facts_[process.pid];
    if (facts.start_time_ns != process.start_time_ns) {
        facts = ProcessFacts{.start_time_ns = process.start_time_ns};
    }
    return facts;
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
        auto [parent, unknown] = parents_.try_emplace(ppid);
        if (unknown) {
            parent->second = ProcessFiles(proc_, ppid).stat();
        }
        const std::optional<ProcessStat>& stat = parent->second;
        if (!stat) {
            break;
        }
        ancestors.push_back({.pid = ppid, .comm = stat->comm});
        ppid = stat->ppid;
    }
    return ancestors;
}

} // namespace bindwatch
