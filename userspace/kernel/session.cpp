// SPDX-License-Identifier: Apache-2.0
#include "kernel/session.hpp"

#include "kernel/attach.hpp"
#include "kernel/load_error.hpp"
#include "filter/kernel_settings.hpp"
#include "kernel/preemption.hpp"
#include "kernel/standard_loader.hpp"
#include "util/log.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <string>

namespace bindwatch {
namespace {

std::string_view name_of(Plan plan) {
    switch (plan) {
    case Plan::automatic: return "auto";
    case Plan::fentry: return "fentry";
    case Plan::cgroup: return "cgroup";
    case Plan::syscall: return "syscall";
    }
    return {};
}

int load_light(Plan plan, const bw_settings& settings, bw_loaded_plan& loaded) {
    switch (plan) {
    case Plan::fentry: return bw_load_light_fentry(&settings, &loaded);
    case Plan::syscall: return bw_load_light_syscall(&settings, &loaded);
    default: return bw_load_light_cgroup(&settings, &loaded);
    }
}

} // namespace

void Session::Unload::operator()(bw_loaded_plan* loaded) const {
    if (loaded->destroy != nullptr) {
        loaded->destroy(loaded->owner);
    }
    delete loaded; // NOLINT(cppcoreguidelines-owning-memory): this is the deleter
}

Result<Session> Session::open(const FollowConfig& config) {
    if (auto missing = missing_capabilities()) {
        return std::unexpected(std::move(*missing));
    }
    route_libbpf_messages();
    std::vector<Plan> plans{config.plan};
    if (config.plan == Plan::automatic) {
        plans = {Plan::cgroup, Plan::syscall};
        if (bw_probe_fentry() == 1) {
            const PreemptionModel model = preemption_model(read_preemption_facts());
            const bool preempted = preempts_programs(model.preemption);
            log::debug("plan " + std::string(preempted ? "cgroup" : "fentry") + " is tried first: the kernel is " +
                       describe(model));
            plans.insert(preempted ? plans.end() : plans.begin(), Plan::fentry);
        }
    }
    std::optional<Error> error; // of the best plan: what to mend first
    for (const Plan plan : plans) {
        Session session;
        auto ready = session.load(plan, config);
        if (ready) {
            ready = session.attach_all(config);
        }
        if (ready) {
            return session;
        }
        log::debug(ready.error().message);
        error = error ? std::move(error) : std::move(ready.error());
    }
    return std::unexpected(std::move(*error));
}

std::uint64_t Session::skipped() const {
    std::uint64_t skipped = 0;
    for (int i = 0; i < loaded_->program_count; ++i) {
        bpf_prog_info info{};
        __u32 size = sizeof(info);
        if (bpf_obj_get_info_by_fd(loaded_->programs[i].fd, &info, &size) == 0) {
            skipped += info.recursion_misses;
        }
    }
    return skipped;
}

Result<void> Session::load(Plan plan, const FollowConfig& config) {
    const KernelSettings kernel = kernel_settings(config.filters, config.kernel_filters);
    static_assert(sizeof(__u64) == sizeof(std::uint64_t));
    std::array<__u64, BW_PORT_WORDS> ports{};
    std::memcpy(ports.data(), kernel.ports.data(), sizeof(ports));
    const int cpus = libbpf_num_possible_cpus();
    counts_ = 1 + static_cast<std::uint32_t>(std::max(cpus, 1));
    const bw_settings settings{&kernel.config, ports.data(), config.ring_bytes, 
                               static_cast<std::uint32_t>(config.max_claims), counts_};
    plan_ = name_of(plan);
    loaded_.reset(new bw_loaded_plan{});
    int error = load_light(plan, settings, *loaded_);
    if (error != 0) {
        log::debug("the light skeleton of plan " + std::string(plan_) +
                   " does not load: " + strerror(-error));
        error = load_standard(plan, settings, *loaded_);
    }
    if (error != 0) {
        return std::unexpected(load_error(plan_, -error));
    }
    return {};
}

Result<void> Session::attach_all(const FollowConfig& config) {
    const bool failures = !config.filters.failed || *config.filters.failed;
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
        if (program == programs.end() || (plan_ == "cgroup" && only_for_failures(hook) && !failures) || !wanted_here(hook)) {
            continue;
        }
        auto link = attach(hook, program->fd, cgroup.get());
        if (!link) {
            return std::unexpected(std::move(link.error()));
        }
        links_.push_back(std::move(*link));
    }
    return {};
}

} // namespace bindwatch
