// SPDX-License-Identifier: Apache-2.0
#include "kernel/session.hpp"

#include "enrich/process_files.hpp"
#include "filter/kernel_settings.hpp"
#include "kernel/attach.hpp"
#include "kernel/load_error.hpp"
#include "kernel/plans.hpp"
#include "kernel/preemption.hpp"
#include "kernel/privileges.hpp"
#include "kernel/standard_loader.hpp"
#include "util/log.hpp"

#include <bpf/libbpf.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <string>

namespace bindwatch {
namespace {

bool wants_failures(const FollowConfig& config) {
    return config.filters.failed.value_or(true);
}

int load_light(Plan plan, const bw_settings& settings, bw_loaded_plan& loaded) {
    switch (plan) {
    case Plan::fentry: return bw_load_light_fentry(&settings, &loaded);
    case Plan::syscall: return bw_load_light_syscall(&settings, &loaded);
    default: return bw_load_light_cgroup(&settings, &loaded);
    }
}

/// From fdinfo: bpf(2) may be closed to us, who have no capabilities any more. 0 before Linux 5.12.
std::uint64_t recursion_misses(int program_fd) {
    std::ifstream file("/proc/self/fdinfo/" + std::to_string(program_fd));
    for (std::string key; file >> key;) {
        std::uint64_t value = 0;
        if (key == "recursion_misses:" && file >> value) {
            return value;
        }
    }
    return 0;
}

} // namespace

void Session::Unload::operator()(bw_loaded_plan* loaded) const {
    if (loaded->destroy != nullptr) {
        loaded->destroy(loaded->owner);
    }
    delete loaded; // NOLINT(cppcoreguidelines-owning-memory): this is the deleter
}

Result<Session> Session::open(const FollowConfig& config,
                              const std::function<Result<void>(int claims_fd)>& before_attaching) {
    route_libbpf_messages();
    std::optional<Error> error; // of the best plan, or the first that a privilege is missing for
    const PreemptionModel model = preemption_model(read_preemption_facts());
    for (const Plan plan : plans_to_try(config.plan, model)) {
        Session session;
        session.slots_ = preempts_programs(model.preemption) ? BW_MAX_SLOTS : BW_FEW_SLOTS;
        auto ready = check_privileges(plan, wants_failures(config));
        if (ready) {
            ready = session.load(plan, config);
        }
        if (ready && before_attaching) {
            if (auto prepared = before_attaching(session.loaded_->claims_fd); !prepared) {
                return std::unexpected(std::move(prepared.error()));
            }
        }
        if (ready) {
            ready = session.attach_all(config);
        }
        if (ready) {
            if (plan == Plan::syscall) {
                session.remark_ = (error ? error->message + "; so plan syscall follows, which"
                                         : std::string("plan syscall")) +
                                  " does not see " + std::string(unseen_by(plan));
            }
            return session;
        }
        log::debug(ready.error().message);
        // A missing privilege is what a user can mend, whichever plan it is that names it.
        if (!error || (error->code != ExitCode::privilege && ready.error().code == ExitCode::privilege)) {
            error = std::move(ready.error());
        }
    }
    return std::unexpected(std::move(error).value_or(Error{})); // there is always a plan to try
}

std::uint64_t Session::skipped() const {
    std::uint64_t skipped = 0;
    for (int i = 0; i < loaded_->program_count; ++i) {
        skipped += recursion_misses(loaded_->programs[i].fd);
    }
    return skipped;
}

std::string Session::remark_at_end() const {
    const std::uint64_t times = skipped();
    if (times == 0) {
        return {};
    }
    return "the kernel skipped hooks " + std::to_string(times) +
           " times, and as many events may be missing: it preempts tracing programs" +
           (plan_ == "cgroup" ? "" : "; --plan cgroup misses fewer");
}

Result<void> Session::load(Plan plan, const FollowConfig& config) {
    KernelSettings kernel = kernel_settings(config.filters, config.kernel_filters);
    if (!config.command.empty()) {
        // The records name but the nearest ancestors: this filter is the kernel's alone.
        const auto pid = static_cast<std::uint32_t>(getpid());
        kernel.config.ancestor = pid;
        kernel.config.ancestor_pidns = ProcessFiles("/proc", pid).namespace_of("pid").value_or(0);
    }
    static_assert(sizeof(__u64) == sizeof(std::uint64_t));
    std::array<__u64, BW_PORT_WORDS> ports{};
    std::memcpy(ports.data(), kernel.ports.data(), sizeof(ports));
    const int cpus = libbpf_num_possible_cpus();
    counts_ = 1 + static_cast<std::uint32_t>(std::max(cpus, 1));
    const bw_settings settings{&kernel.config,    ports.data(),
                               config.ring_bytes, static_cast<std::uint32_t>(config.max_claims),
                               counts_,           slots_};
    plan_ = name_of(plan);
    loaded_.reset(new bw_loaded_plan{});
    int error = load_light(plan, settings, *loaded_);
    log::debug("the light skeleton of plan " + std::string(plan_) +
               (error == 0 ? " loads" : std::string(" does not load: ") + strerror(-error)));
    if (error != 0) {
        error = load_standard(plan, settings, *loaded_);
    }
    if (error != 0) {
        return std::unexpected(load_error(plan_, -error));
    }
    return {};
}

Result<void> Session::attach_all(const FollowConfig& config) {
    const bool failures = wants_failures(config);
    UniqueFd cgroup;
    if (plan_ == "cgroup") {
        auto root = open_cgroup_root();
        if (!root) {
            return std::unexpected(std::move(root.error()));
        }
        cgroup = std::move(*root);
    }
    const std::span programs(loaded_->programs, static_cast<std::size_t>(loaded_->program_count));
    for (const Hook& hook : all_hooks()) {
        const auto program = std::ranges::find(
            programs, hook.program, [](const bw_program& each) { return std::string_view(each.name); });
        if (program == programs.end() || (plan_ == "cgroup" && only_for_failures(hook) && !failures) ||
            !wanted_here(hook)) {
            continue;
        }
        auto link = attach(hook, program->fd, cgroup.get());
        if (!link) {
            // Plan syscall hangs on the same tracepoints, but for all that it tells.
            link.error().message +=
                plan_ == "cgroup" && only_for_failures(hook) ? ", or use --no-failed" : "";
            return std::unexpected(std::move(link.error()));
        }
        links_.push_back(std::move(*link));
    }
    return {};
}

} // namespace bindwatch
