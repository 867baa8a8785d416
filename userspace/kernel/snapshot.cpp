// SPDX-License-Identifier: Apache-2.0
#include "kernel/snapshot.hpp"

#include "filter/kernel_settings.hpp"
#include "kernel/load_error.hpp"
#include "kernel/network_namespaces.hpp"
#include "kernel/privileges.hpp"
#include "kernel/standard_loader.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"
#include "util/unique_fd.hpp"

#include <bpf/bpf.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>
#include <thread>
#include <utility>

namespace bindwatch {
namespace {

/// The kernel hands out 32 KiB at a time (bpf_seq_read in kernel/bpf/bpf_iter.c).
constexpr std::size_t read_bytes = 64U << 10U;

/// Far more than the kernel needs to close a socket whose end it has told.
constexpr std::chrono::milliseconds closing_takes{10};

Error read_error(int error) {
    return {ExitCode::failure, "the sockets that exist cannot be read: " + std::string(strerror(error))};
}

} // namespace

void Snapshot::Unload::operator()(bw_loaded_snapshot* loaded) const {
    if (loaded->destroy != nullptr) {
        loaded->destroy(loaded->owner);
    }
    delete loaded; // NOLINT(cppcoreguidelines-owning-memory): this is the deleter
}

Result<Snapshot> Snapshot::load(const SnapshotOptions& options) {
    route_libbpf_messages();
    if (auto allowed = check_snapshot_privileges(); !allowed) {
        return std::unexpected(std::move(allowed.error()));
    }
    const KernelSettings kernel = kernel_settings(options.filters, options.kernel_filters);
    std::array<__u64, BW_PORT_WORDS> ports{};
    std::memcpy(ports.data(), kernel.ports.data(), sizeof(ports));
    const bool seed = options.claims_fd >= 0;
    const bw_snapshot_settings settings{
        &kernel.config, ports.data(), {.connections = options.connections ? 1U : 0U, .seed = seed ? 1U : 0U}};
    Snapshot snapshot;
    snapshot.seeds_ = seed;
    snapshot.loaded_.reset(new bw_loaded_snapshot{});
    // A light skeleton makes its maps itself and cannot share the plan's.
    int error = seed ? -EXDEV : bw_load_light_snapshot(&settings, snapshot.loaded_.get());
    if (error != 0) {
        if (!seed) {
            log::debug("the light skeleton of the snapshot does not load: " + std::string(strerror(-error)));
        }
        error = load_standard_snapshot(settings, options.claims_fd, *snapshot.loaded_);
    }
    if (error != 0) {
        return std::unexpected(load_error("snapshot", -error));
    }
    return snapshot;
}

Result<Snapshot> Snapshot::load_for_ports() {
    if (auto allowed = check_snapshot_privileges(); !allowed) {
        return std::unexpected(std::move(allowed.error()));
    }
    Snapshot snapshot;
    snapshot.loaded_.reset(new bw_loaded_snapshot{});
    if (const int error = bw_load_light_holders(snapshot.loaded_.get()); error != 0) {
        return std::unexpected(load_error("snapshot", -error));
    }
    return snapshot;
}

Result<void> Snapshot::read(int program_fd, Inventory& inventory) {
    const UniqueFd link(bpf_link_create(program_fd, 0, BPF_TRACE_ITER, nullptr));
    const UniqueFd iterator(link ? bpf_iter_create(link.get()) : -1);
    if (!iterator) {
        return std::unexpected(read_error(errno));
    }
    std::size_t used = 0;
    for (;;) {
        if (rows_.size() - used < read_bytes) {
            rows_.resize(std::max(2 * rows_.size(), 4 * read_bytes));
        }
        const ssize_t bytes = ::read(iterator.get(), rows_.data() + used, rows_.size() - used);
        if (bytes == 0) {
            break;
        }
        if (bytes > 0) {
            used += static_cast<std::size_t>(bytes);
        } else if (errno != EINTR && errno != EAGAIN) { // EAGAIN: a million objects without one row
            return std::unexpected(read_error(errno));
        }
    }
    if (auto added = inventory.add(std::span(rows_).first(used)); !added) {
        return fail(ExitCode::failure, "a row of the kernel's snapshot cannot be read: " + added.error());
    }
    return {};
}

Result<void> Snapshot::read_namespaces(Inventory& inventory) {
    const VisitReport report = visit_network_namespaces([&]() -> Result<void> {
        auto done = read(loaded_->tcp, inventory);
        return done ? read(loaded_->udp, inventory) : done;
    });
    if (report.error) {
        return std::unexpected(*report.error);
    }
    if (!report.all) {
        remark_ =
            "sockets that no process has are not looked for in all network namespaces: CAP_SYS_ADMIN and "
            "CAP_SYS_PTRACE are what that takes";
    }
    return {};
}

Result<std::vector<FoundSocket>> Snapshot::take_port(std::uint32_t port) {
    Inventory inventory(wall_clock_ns(), boot_to_real_ns());
    *loaded_->only_port = port;
    for (const int program : {loaded_->files, loaded_->tcp, loaded_->udp}) {
        if (auto done = read(program, inventory); !done) {
            return std::unexpected(std::move(done.error()));
        }
    }
    return inventory.take();
}

Result<std::vector<FoundSocket>> Snapshot::take() {
    Inventory inventory(wall_clock_ns(), boot_to_real_ns());
    auto done = read(loaded_->files, inventory);
    if (done) {
        done = read_namespaces(inventory);
    }
    if (done && seeds_) {
        // One to which no descriptor leads is told the second time that it is seen: it may have been closing.
        std::this_thread::sleep_for(closing_takes);
        done = read_namespaces(inventory);
    }
    // One that is newer than the first pass has its descriptor by now; what has none is really on its way.
    if (done && inventory.has_files_without_descriptor()) {
        done = read(loaded_->files, inventory);
    }
    if (!done) {
        return std::unexpected(std::move(done.error()));
    }
    return inventory.take();
}

} // namespace bindwatch
