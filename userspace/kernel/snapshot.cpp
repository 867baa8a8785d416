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

#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <span>
#include <thread>
#include <utility>

namespace bindwatch {
namespace {

/// The kernel hands out 32 KiB at a time (bpf_seq_read in kernel/bpf/bpf_iter.c).
constexpr std::size_t read_bytes = 64U << 10U;

/// Room for 25,000 sockets before rows are moved for the first time; what is not used is never touched.
constexpr std::size_t first_rows_bytes = 4U << 20U;

/// Far more than the kernel needs to close a socket whose end it has told.
constexpr std::chrono::milliseconds closing_takes{10};

/// Sockets are files, but for those that their programs have left. Where no notes are taken, a map that is
/// too small costs only time; where they are, a socket without a descriptor is told because it was marked
/// before.
__u32 room_for_seen() {
    constexpr std::uint64_t least = 1024;
    std::uint64_t files = BW_SNAPSHOT_SEEN;
    std::ifstream("/proc/sys/fs/file-nr") >> files;
    return static_cast<__u32>(std::clamp<std::uint64_t>(2 * files, least, BW_SNAPSHOT_SEEN));
}

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

Snapshot::Snapshot(const SnapshotOptions& options)
    : kernel_(kernel_settings(options.filters, options.kernel_filters)),
      config_{.connections = options.connections ? 1U : 0U, .seed = options.claims_fd >= 0 ? 1U : 0U},
      claims_fd_(options.claims_fd), request_{.connections = options.connections} {
    const auto& ports = options.filters.ports;
    if (options.kernel_filters && ports.size() == 1 && ports.front().first == ports.front().last) {
        request_.port = static_cast<std::uint16_t>(ports.front().first);
    }
}

int Snapshot::load(Loader loader, Loaded& loaded) const {
    std::array<__u64, BW_PORT_WORDS> ports{};
    std::memcpy(ports.data(), kernel_.ports.data(), sizeof(ports));
    Loaded fresh(new bw_loaded_snapshot{});
    const bw_snapshot_settings settings{.config = &kernel_.config,
                                        .ports = ports.data(),
                                        .snapshot = config_,
                                        .claims_fd = claims_fd_,
                                        .seen = seeds() ? __u32{BW_SNAPSHOT_SEEN} : room_for_seen()};
    const int error = loader(&settings, fresh.get());
    if (error == 0) {
        loaded = std::move(fresh);
    }
    return -error;
}

Result<Snapshot> Snapshot::load(const SnapshotOptions& options) {
    route_libbpf_messages();
    if (auto allowed = check_snapshot_privileges(); !allowed) {
        return std::unexpected(std::move(allowed.error()));
    }
    Snapshot snapshot(options);
    // A light skeleton makes its maps itself and cannot share the plan's.
    int error = EXDEV;
    if (!snapshot.seeds()) {
        error = snapshot.load(bw_load_light_held, snapshot.files_);
        log::debug("the light skeleton of the snapshot " +
                   (error == 0 ? std::string("loads") : "does not load: " + std::string(strerror(error))));
    }
    if (error != 0) {
        error = snapshot.load(load_standard_snapshot, snapshot.files_);
    }
    if (error != 0) {
        return std::unexpected(load_error("snapshot", error));
    }
    return snapshot;
}

Result<Snapshot> Snapshot::load_for_ports() {
    if (auto allowed = check_snapshot_privileges(); !allowed) {
        return std::unexpected(std::move(allowed.error()));
    }
    Snapshot snapshot({.filters = {}, .connections = true});
    if (const int error = snapshot.load(bw_load_light_holders, snapshot.files_); error != 0) {
        return std::unexpected(load_error("holders", error));
    }
    return snapshot;
}

Result<void> Snapshot::read(int program_fd, Inventory& inventory) {
    const UniqueFd link(bpf_link_create(program_fd, 0, BPF_TRACE_ITER, nullptr));
    const UniqueFd iterator(link ? bpf_iter_create(link.get()) : -1);
    if (!iterator) {
        return std::unexpected(read_error(errno));
    }
    rows_.clear();
    rows_.reserve(first_rows_bytes);
    for (;;) {
        ssize_t bytes = 0;
        const std::size_t used = rows_.size();
        rows_.resize_and_overwrite(used + read_bytes, [&](char* data, std::size_t) {
            bytes = ::read(iterator.get(), data + used, read_bytes);
            return used + static_cast<std::size_t>(std::max<ssize_t>(bytes, 0));
        });
        if (bytes == 0) {
            break;
        }
        if (bytes < 0 && errno != EINTR && errno != EAGAIN) { // EAGAIN: a million objects without one row
            return std::unexpected(read_error(errno));
        }
    }
    if (auto added = inventory.add(std::as_bytes(std::span(rows_))); !added) {
        return fail(ExitCode::failure, "a row of the kernel's snapshot cannot be read: " + added.error());
    }
    return {};
}

Result<void> Snapshot::visit_namespaces(const std::function<Result<void>(std::uint32_t)>& visitor) {
    const VisitReport report = visit_network_namespaces(visitor);
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

Result<void> Snapshot::read_namespaces(Inventory& inventory, const Unheld& unheld) {
    int error = 0;
    if (unheld.tcp && tcp_program() == 0) {
        error = load(bw_load_light_unheld_tcp, tcp_);
    }
    if (error == 0 && unheld.udp && udp_program() == 0) {
        error = load(bw_load_light_unheld_udp, udp_);
    }
    if (error != 0) {
        return std::unexpected(load_error("snapshot", error));
    }
    return visit_namespaces([&](std::uint32_t netns) -> Result<void> {
        if (unheld.namespaces && !unheld.namespaces->contains(netns)) {
            return {};
        }
        auto done = unheld.tcp ? read(tcp_program(), inventory) : Result<void>();
        return done && unheld.udp ? read(udp_program(), inventory) : done;
    });
}

std::optional<std::vector<Snapshot::Listed>> Snapshot::list_all() {
    std::vector<Listed> listed;
    const auto done = visit_namespaces([&](std::uint32_t netns) -> Result<void> {
        const auto sockets = list_sockets(request_);
        if (!sockets) {
            return fail(ExitCode::failure, strerror(sockets.error()));
        }
        for (const ListedSocket& socket : *sockets) {
            if (wants_socket(kernel_, socket.family, socket.protocol, socket.port)) {
                listed.push_back({socket, netns});
            }
        }
        return {};
    });
    if (!done) {
        log::debug("the kernel does not list its sockets: " + done.error().message);
        return std::nullopt;
    }
    return listed;
}

Snapshot::Unheld Snapshot::unheld_of(const std::vector<Listed>& listed, const Inventory& inventory) {
    Unheld unheld{.tcp = false, .udp = false};
    auto& namespaces = unheld.namespaces.emplace();
    const auto cookies = inventory.cookies();
    for (const auto& [socket, netns] : listed) {
        if (socket.inode == 0 || !std::ranges::binary_search(cookies, socket.cookie)) {
            (socket.protocol == IPPROTO_TCP ? unheld.tcp : unheld.udp) = true;
            namespaces.insert(netns);
        }
    }
    return unheld;
}

/// Loading programs takes longer than all the rest, so those for sockets without a process are loaded only
/// where the kernel's own list has such a socket. The list comes first, because it gives a cookie to each
/// that has none: so those that are found by their descriptors afterwards are known again.
Result<void> Snapshot::read_all(Inventory& inventory) {
    const bool all_loaded = tcp_program() != 0 && udp_program() != 0;
    const auto listed = all_loaded ? std::nullopt : list_all();
    if (auto done = read(files_->files, inventory); !done) {
        return done;
    }
    const Unheld unheld = listed ? unheld_of(*listed, inventory) : Unheld{};
    return unheld.tcp || unheld.udp ? read_namespaces(inventory, unheld) : Result<void>();
}

Result<std::vector<FoundSocket>> Snapshot::take_port(std::uint32_t port) {
    Inventory inventory(wall_clock_ns(), boot_to_real_ns());
    *files_->only_port = port;
    for (const int program : {files_->files, files_->tcp, files_->udp}) {
        if (auto done = read(program, inventory); !done) {
            return std::unexpected(std::move(done.error()));
        }
    }
    return inventory.take();
}

Result<std::vector<FoundSocket>> Snapshot::take() {
    Inventory inventory(wall_clock_ns(), boot_to_real_ns());
    auto done = read_all(inventory);
    if (done && seeds()) {
        // One to which no descriptor leads is told the second time that it is seen: it may have been closing.
        std::this_thread::sleep_for(closing_takes);
        done = read_namespaces(inventory, {});
    }
    // One that is newer than the first pass has its descriptor by now; what has none is really on its way.
    if (done && inventory.has_files_without_descriptor()) {
        done = read(files_->files, inventory);
    }
    if (!done) {
        return std::unexpected(std::move(done.error()));
    }
    return inventory.take();
}

} // namespace bindwatch
