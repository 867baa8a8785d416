// SPDX-License-Identifier: Apache-2.0
/// The processes that a snapshot found, from /proc: they exist, so it can be asked.
#pragma once

#include "enrich/process_files.hpp"
#include "enrich/users.hpp"

#include <bindwatch/event.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

namespace bindwatch {

/// Where a process is.
struct ProcessPlace {
    bool known = false; ///< the process is the one that was asked about
    std::optional<Cgroup> cgroup{};
    std::optional<Container> container{};
};

/// What was read of a process, as far as somebody asked.
struct ProcessFacts {
    std::int64_t start_time_ns = 0;
    std::optional<std::optional<Activation>> activation{}; ///< null within: it cannot be read
    std::optional<ProcessPlace> place{};
    std::optional<Process> process{};
};

class Processes {
  public:
    /// `proc` stands for /proc, `cgroup2` for the point where the whole cgroup2 hierarchy is mounted; empty:
    /// nowhere.
    Processes(Users::LookUp user, std::int64_t boot_to_real_ns, std::string cgroup2,
              std::string proc = "/proc");

    /// Adds the user's name, the cgroup and the container to an event that knows its process by pid and start
    /// time. What cannot be read, or is of another process by now, stays unknown.
    void identify(Event& event);
    /// Likewise executable, arguments, ancestors and the rest. Reads five more files.
    void complete(Event& event);
    /// Adds the user's name to the maker of a socket that was found, and to each sharer how it may have come
    /// by it: its ancestor among them, and whether it was started with it. Reads three more files a process.
    void trace(Found& found);

  private:
    ProcessFacts& facts_of(std::uint32_t pid, std::int64_t start_time_ns);
    const ProcessPlace& place_of(const Process& process, ProcessFacts& facts);
    [[nodiscard]] Process complete_process(const Process& process);
    [[nodiscard]] std::vector<Ancestor> ancestors_of(std::uint32_t ppid);
    /// Null: there is no such process, or it cannot be read.
    const std::optional<ProcessStat>& stat_of(std::uint32_t pid);
    /// Whether the pid is still that of the process that was found.
    [[nodiscard]] bool is_there(const Sharer& sharer);
    void find_ancestor(Sharer& sharer, std::span<const Sharer> sharers);
    [[nodiscard]] std::optional<Activation> activation_of(const Sharer& sharer);

    Users users_;
    std::int64_t boot_to_real_ns_;
    std::string cgroup2_;
    std::string proc_;
    std::unordered_map<std::uint32_t, ProcessFacts> facts_;               ///< by pid
    std::unordered_map<std::uint32_t, std::optional<ProcessStat>> stats_; ///< by pid
};

} // namespace bindwatch
