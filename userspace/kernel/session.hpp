// SPDX-License-Identifier: Apache-2.0
/// The kernel side at work: programs loaded, attached, and taken away again when the session ends.
#pragma once

#include "config/config.hpp"
#include "kernel/loaded_plan.h"
#include "util/result.hpp"
#include "util/unique_fd.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bindwatch {

class Session {
  public:
    /// Loads and attaches the plan that config asks for, or with `auto` the best that loads here. Status 3: a
    /// capability is missing; 4: the kernel cannot do it. The message says which and what would help.
    /// `before_attaching` gets the map of the claims that the kernel side knows, of each plan that loads:
    /// what takes time and is not about the events themselves belongs there. Its error is the end.
    [[nodiscard]] static Result<Session>
    open(const FollowConfig& config, const std::function<Result<void>(int claims_fd)>& before_attaching);

    /// "fentry", "cgroup", "syscall"
    [[nodiscard]] std::string_view plan() const { return plan_; }
    /// One line that a user should know of this plan; empty: nothing.
    [[nodiscard]] const std::string& remark() const { return remark_; }
    [[nodiscard]] int ring_fd() const { return loaded_->ring_fd; }
    [[nodiscard]] int counts_fd() const { return loaded_->counts_fd; }
    /// Entries behind counts_fd: bw_loss of all together, then of each possible CPU.
    [[nodiscard]] std::uint32_t counts() const { return counts_; }
    /// How often the kernel ran a hook without our program, because it had preempted that same program on the
    /// CPU (docs/adr/0006-preemptible-kernels.md). Each may be an event that nobody counted.
    [[nodiscard]] std::uint64_t skipped() const;
    /// One line about what may be missing for that, for the end; empty: nothing.
    [[nodiscard]] std::string remark_at_end() const;
    /// Takes the programs off their hooks, what begins claims before what ends them; the ring keeps what it
    /// holds.
    void detach() {
        while (!links_.empty()) {
            links_.pop_back();
        }
    }

  private:
    struct Unload {
        void operator()(bw_loaded_plan* loaded) const;
    };

    Session() = default;
    Result<void> load(Plan plan, const FollowConfig& config);
    Result<void> attach_all(const FollowConfig& config);

    std::string_view plan_;
    std::string remark_;
    std::unique_ptr<bw_loaded_plan, Unload> loaded_;
    std::uint32_t counts_ = 0;
    std::uint32_t slots_ = 0;     ///< BW_FEW_SLOTS to BW_MAX_SLOTS
    std::vector<UniqueFd> links_; ///< closed before the programs
};

} // namespace bindwatch
