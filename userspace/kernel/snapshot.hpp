// SPDX-License-Identifier: Apache-2.0
/// The kernel side's look at what exists, in all network namespaces.
#pragma once

#include "filter/filters.hpp"
#include "filter/kernel_settings.hpp"
#include "inventory/inventory.hpp"
#include "kernel/loaded_snapshot.h"
#include "kernel/socket_diag.hpp"
#include "util/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace bindwatch {

struct SnapshotOptions {
    /// What the kernel may leave out: see kernel_settings(). The rest is up to matches().
    Filters filters;
    bool kernel_filters = true;
    /// Connections and the ports that the kernel chose for them, as well as claims.
    bool connections = false;
    /// The map of claims of a plan that is attached: the snapshot takes note there of what the plan has not
    /// seen, and leaves out what it has. -1: there is none.
    int claims_fd = -1;
};

class Snapshot {
  public:
    /// Loads the programs. Status 3: a capability is missing; 4: the kernel cannot do it.
    [[nodiscard]] static Result<Snapshot> load(const SnapshotOptions& options);

    /// Every socket that exists, once a program. Without a plan to take notes for, the programs that find
    /// sockets without a process are loaded here, if the kernel's own list has one.
    [[nodiscard]] Result<std::vector<FoundSocket>> take();

    /// Loads the programs for take_port() instead, on Linux 5.17 and later.
    [[nodiscard]] static Result<Snapshot> load_for_ports();
    /// The sockets that have this port (1 to 65535), of processes in all network namespaces (of each process
    /// at most 64) and, without a process, in ours. Holds no reference to any, so that no close is delayed.
    /// Needs no capability (on Linux 5.19; before, where unprivileged_bpf_disabled is set, CAP_BPF).
    [[nodiscard]] Result<std::vector<FoundSocket>> take_port(std::uint32_t port);

    /// One line that a user should know of what take() could not see; empty: nothing.
    [[nodiscard]] const std::string& remark() const { return remark_; }

  private:
    struct Unload {
        void operator()(bw_loaded_snapshot* loaded) const;
    };

    using Loaded = std::unique_ptr<bw_loaded_snapshot, Unload>;
    using Loader = int (*)(const bw_snapshot_settings*, bw_loaded_snapshot*);

    /// A socket that the kernel lists, and the network namespace that it is in.
    struct Listed {
        ListedSocket socket;
        std::uint32_t netns = 0;
    };
    /// Where there may be sockets that no process has.
    struct Unheld {
        bool tcp = true;
        bool udp = true;
        std::optional<std::unordered_set<std::uint32_t>> namespaces{}; ///< null: in each
    };

    static Unheld unheld_of(const std::vector<Listed>& listed, const Inventory& inventory);

    explicit Snapshot(const SnapshotOptions& options);
    /// 0 or an errno.
    int load(Loader loader, Loaded& loaded) const;
    [[nodiscard]] bool seeds() const { return config_.seed != 0; }
    /// 0: not loaded.
    [[nodiscard]] int tcp_program() const { return tcp_ ? tcp_->tcp : files_->tcp; }
    [[nodiscard]] int udp_program() const { return udp_ ? udp_->udp : files_->udp; }
    Result<void> read(int program_fd, Inventory& inventory);
    Result<void> visit_namespaces(const std::function<Result<void>(std::uint32_t)>& visitor);
    Result<void> read_namespaces(Inventory& inventory, const Unheld& unheld);
    Result<void> read_all(Inventory& inventory);
    std::optional<std::vector<Listed>> list_all();

    KernelSettings kernel_;
    bw_snapshot_config config_{};
    int claims_fd_ = -1;
    ListRequest request_;
    Loaded files_; ///< goes over the descriptors of processes; may have the programs of the next two as well
    Loaded tcp_;   ///< go over a network namespace; loaded when they are needed
    Loaded udp_;
    std::string rows_; ///< bytes: unlike a vector it grows without being filled first
    std::string remark_;
};

} // namespace bindwatch
