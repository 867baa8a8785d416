// SPDX-License-Identifier: Apache-2.0
#include "kernel/standard_loader.hpp"

#include "plan_cgroup.skel.h"
#include "plan_fentry.skel.h"
#include "plan_syscall.skel.h"
#include "snapshot.skel.h"
#include "util/log.hpp"

#include <bpf/libbpf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace bindwatch {
namespace {

int say(libbpf_print_level /*level*/, const char* format, va_list arguments) {
    std::array<char, 4096> text{};
    const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
    std::string_view message(
        text.data(),
        std::min<std::size_t>(length < 0 ? 0 : static_cast<std::size_t>(length), text.size() - 1));
    while (message.ends_with('\n')) {
        message.remove_suffix(1);
    }
    log::debug(message);
    return length;
}

template <typename Skeleton>
int load(const bw_settings& settings, bw_loaded_plan& loaded) {
    Skeleton* skeleton = Skeleton::open();
    if (skeleton == nullptr) {
        return -errno;
    }
    skeleton->rodata->bw_config = *settings.config;
    std::memcpy(skeleton->rodata->bw_ports, settings.ports, sizeof(skeleton->rodata->bw_ports));
    bpf_map__set_max_entries(skeleton->maps.bw_ring, settings.ring_bytes);
    bpf_map__set_max_entries(skeleton->maps.bw_claims, settings.claims);
    bpf_map__set_max_entries(skeleton->maps.bw_counts, settings.counts);
    bpf_map__set_max_entries(skeleton->maps.bw_scratch_slots, settings.slots);
    if (const int error = Skeleton::load(skeleton); error != 0) {
        Skeleton::destroy(skeleton);
        return error;
    }
    loaded.program_count = 0;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, skeleton->obj) {
        loaded.programs[loaded.program_count++] = {bpf_program__name(program), bpf_program__fd(program)};
    }
    loaded.ring_fd = bpf_map__fd(skeleton->maps.bw_ring);
    loaded.counts_fd = bpf_map__fd(skeleton->maps.bw_counts);
    loaded.claims_fd = bpf_map__fd(skeleton->maps.bw_claims);
    loaded.owner = skeleton;
    loaded.destroy = [](void* owner) { Skeleton::destroy(static_cast<Skeleton*>(owner)); };
    return 0;
}

} // namespace

int load_standard(Plan plan, const bw_settings& settings, bw_loaded_plan& loaded) {
    switch (plan) {
    case Plan::fentry: return load<plan_fentry>(settings, loaded);
    case Plan::syscall: return load<plan_syscall>(settings, loaded);
    default: return load<plan_cgroup>(settings, loaded);
    }
}

int load_standard_snapshot(const bw_snapshot_settings* settings, bw_loaded_snapshot* loaded) {
    snapshot* skeleton = snapshot::open();
    if (skeleton == nullptr) {
        return -errno;
    }
    skeleton->rodata->bw_config = *settings->config;
    std::memcpy(skeleton->rodata->bw_ports, settings->ports, sizeof(skeleton->rodata->bw_ports));
    skeleton->rodata->bw_snapshot = settings->snapshot;
    int error = settings->claims_fd < 0 ? bpf_map__set_max_entries(skeleton->maps.bw_claims, 1)
                                        : bpf_map__reuse_fd(skeleton->maps.bw_claims, settings->claims_fd);
    if (error == 0) {
        error = snapshot::load(skeleton);
    }
    if (error != 0) {
        snapshot::destroy(skeleton);
        return error;
    }
    loaded->files = bpf_program__fd(skeleton->progs.bw_dump_files);
    loaded->tcp = bpf_program__fd(skeleton->progs.bw_dump_tcp);
    loaded->udp = bpf_program__fd(skeleton->progs.bw_dump_udp);
    loaded->owner = skeleton;
    loaded->destroy = [](void* owner) { snapshot::destroy(static_cast<snapshot*>(owner)); };
    return 0;
}

void route_libbpf_messages() {
    libbpf_set_print(&say);
}

} // namespace bindwatch
