// SPDX-License-Identifier: Apache-2.0
#include "kernel/machine.hpp"

#include "kernel/refusals.hpp"
#include "util/capabilities.hpp"
#include "util/decimal.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace bindwatch {
namespace {

/// What follows `key` in the first line of a file that begins with it, without blanks.
std::optional<std::string> entry_in(const char* path, std::string_view key) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(key)) {
            const auto start = line.find_first_not_of(" \t", key.size());
            return start == std::string::npos ? std::string() : line.substr(start);
        }
    }
    return std::nullopt;
}

std::optional<unsigned> seccomp_mode() {
    const auto text = entry_in("/proc/self/status", "Seccomp:");
    return text ? parse_digits<unsigned>(*text) : std::nullopt;
}

std::optional<int> perf_event_paranoid() {
    std::ifstream file("/proc/sys/kernel/perf_event_paranoid");
    int level = 0;
    return file >> level ? std::optional(level) : std::nullopt;
}

/// "[none] integrity confidentiality"
std::string lockdown() {
    std::ifstream file("/sys/kernel/security/lockdown");
    std::string line;
    std::getline(file, line);
    const auto open = line.find('[');
    const auto close = line.find(']', open);
    return close == std::string::npos ? std::string() : line.substr(open + 1, close - open - 1);
}

/// os-release(5): a value may stand in quotes.
std::string distribution() {
    std::string name = entry_in("/etc/os-release", "PRETTY_NAME=").value_or("");
    if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front()) {
        name = name.substr(1, name.size() - 2);
    }
    return name;
}

/// CAP_SYS_ADMIN has been all of BPF before Linux 5.8, and still is; tracefs may be open to whoever we are.
struct Need {
    Capability capability;
    bool counts;
};

} // namespace

MachineFacts read_machine_facts() {
    utsname name{};
    uname(&name);
    MachineFacts facts{.release = name.release,
                       .architecture = name.machine,
                       .distribution = distribution(),
                       .preemption = preemption_model(read_preemption_facts()),
                       .has_btf = has_btf(),
                       .bpf_error = bpf_call_error(),
                       .memory_is_locked = kernel_memory_is_locked(),
                       .lockdown = lockdown(),
                       .seccomp = seccomp_mode(),
                       .paranoid = perf_event_paranoid(),
                       .user = geteuid(),
                       .initial_user_namespace = in_initial_user_namespace(),
                       .cgroup2 = own_cgroup_mount(),
                       .tracefs = tracefs_state(),
                       .limited_locked_memory = locked_memory_is_limited()};
    const Capabilities have = Capabilities::effective();
    facts.is_admin = have.has(cap_sys_admin);
    const std::array needs{Need{cap_bpf, !facts.is_admin}, Need{cap_perfmon, !facts.is_admin},
                           Need{cap_net_admin, true},
                           Need{cap_dac_read_search, facts.tracefs == Tracefs::closed}};
    for (const Need& need : needs) {
        if (need.counts && !have.has(need.capability)) {
            facts.missing.emplace_back(need.capability.name);
        }
    }
    facts.whole_cgroup2 = facts.cgroup2 && shows_whole_hierarchy(*facts.cgroup2);
    return facts;
}

} // namespace bindwatch
