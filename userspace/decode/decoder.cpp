// SPDX-License-Identifier: Apache-2.0
#include "decode/decoder.hpp"

#include "decode/cursor.hpp"
#include "decode/socket_fields.hpp"

#include <bindwatch/event_abi.h>

#include <algorithm>
#include <string_view>
#include <type_traits>

namespace bindwatch {
namespace {

using std::string_view_literals::operator""sv;

static_assert(std::has_unique_object_representations_v<bw_socket>);
static_assert(std::has_unique_object_representations_v<bw_holder>);
static_assert(std::has_unique_object_representations_v<bw_record>);
static_assert(std::has_unique_object_representations_v<bw_process>);
static_assert(std::has_unique_object_representations_v<bw_ancestor>);

std::expected<EventKind, std::string> kind_of(std::uint8_t event) {
    switch (event) {
    case BW_EVENT_BIND: return EventKind::bind;
    case BW_EVENT_LISTEN: return EventKind::listen;
    case BW_EVENT_RELEASE: return EventKind::release;
    default: return std::unexpected("unknown event kind " + std::to_string(event));
    }
}

void fill_place(const bw_record& record, Event& event) {
    event.address.reset();
    event.port.reset();
    event.requested_port.reset();
    if ((record.flags & BW_ADDRESS_KNOWN) != 0) {
        event.address = address_of(event.family, record.socket.address);
        event.port = record.socket.port;
    }
    if ((record.flags & BW_ASKED) != 0) {
        event.requested_port = record.socket.requested_port;
    }
}

/// "leaf\0dir\0…\0" -> "/…/dir/leaf", into the memory that `path` has.
void join_leaf_first(std::string_view components, bool truncated, std::string& path) {
    path.clear();
    if (truncated) {
        path += "…";
    }
    while (!components.empty()) {
        components.remove_suffix(components.ends_with('\0') ? 1 : 0);
        const std::size_t cut = components.rfind('\0');
        const std::string_view name = cut == std::string_view::npos ? components : components.substr(cut + 1);
        path += '/';
        path += name;
        components = components.substr(0, components.size() - name.size());
    }
    if (path.empty()) {
        path = '/';
    }
}

/// Paths of that form, each ended by one more NUL.
std::vector<std::string> split_paths(std::string_view bytes) {
    std::vector<std::string> paths;
    while (!bytes.empty()) {
        const std::size_t end = bytes.starts_with('\0') ? 0 : std::min(bytes.find("\0\0"sv), bytes.size());
        join_leaf_first(bytes.substr(0, end), false, paths.emplace_back());
        bytes.remove_prefix(std::min(end + (end == 0 ? 1 : 2), bytes.size()));
    }
    return paths;
}

/// A title that a program wrote over its args is one string and padding; more empty arguments than this are
/// padding.
constexpr std::size_t most_empty_args = 8;

void split_args(std::string_view bytes, std::vector<std::string>& args) {
    std::size_t count = 0;
    const std::size_t first = bytes.find('\0');
    if (first != std::string_view::npos && bytes.size() - first > most_empty_args &&
        bytes.find_first_not_of('\0', first) == std::string_view::npos) {
        bytes = bytes.substr(0, first);
    }
    while (!bytes.empty()) {
        const std::size_t cut = std::min(bytes.find('\0'), bytes.size());
        if (count == args.size()) {
            args.emplace_back();
        }
        args[count++] = bytes.substr(0, cut);
        bytes.remove_prefix(std::min(cut + 1, bytes.size()));
    }
    args.resize(count);
}

std::int64_t wall_clock(std::uint64_t boot_ns, std::int64_t boot_to_real_ns) {
    return boot_ns == 0 ? 0 : static_cast<std::int64_t>(boot_ns) + boot_to_real_ns;
}

/// All that a record without process facts knows: the name in the kernel's own note of the claim.
void fill_holder(const bw_holder& holder, std::int64_t boot_to_real_ns, Event& event) {
    event.cgroup.reset();
    if (holder.pid == 0) {
        event.process.reset();
        return;
    }
    Process process;
    process.pid = holder.pid;
    process.comm = comm_of(holder.comm);
    process.start_time_ns = wall_clock(holder.start_time, boot_to_real_ns);
    event.process = std::move(process);
}

void fill_process(const bw_process& from, std::int64_t boot_to_real_ns, Process& to) {
    to.pid = from.pid;
    to.tid = from.tid;
    to.ns_pid = from.ns_pid;
    to.ppid = from.ppid;
    to.comm = comm_of(from.comm);
    to.args_truncated = (from.flags & BW_ARGS_TRUNCATED) != 0;
    to.uid = from.uid;
    to.gid = from.gid;
    to.user.reset();
    to.start_time_ns = wall_clock(from.start_time, boot_to_real_ns);
    to.pidns = from.pidns;
}

std::expected<void, std::string> fill_ancestors(Cursor& cursor, std::size_t count,
                                                std::vector<Ancestor>& to) {
    to.resize(count);
    for (Ancestor& ancestor : to) {
        bw_ancestor from{};
        if (!cursor.read(from)) {
            return std::unexpected("it ends among the ancestors");
        }
        ancestor.pid = from.pid;
        ancestor.comm = comm_of(from.comm);
    }
    return {};
}

std::expected<void, std::string> fill_actor(Cursor& cursor, const bw_holder& holder,
                                            std::int64_t boot_to_real_ns, Event& event, Decoded& decoded) {
    bw_process from{};
    if (!cursor.read(from)) {
        return std::unexpected("it ends among the process facts");
    }
    if (!event.process) {
        event.process.emplace();
    }
    Process& process = *event.process;
    fill_process(from, boot_to_real_ns, process);
    decoded.by_holder = from.pid == holder.pid && from.start_time == holder.start_time;
    if (auto read = fill_ancestors(cursor, from.ancestors, process.ancestors); !read) {
        return std::unexpected(std::move(read.error()));
    }
    std::string_view exe;
    std::string_view cgroup;
    std::string_view cgroup_v1;
    std::string_view args;
    if (!cursor.read_text(from.exe_bytes, exe) || !cursor.read_text(from.cgroup_bytes, cgroup) ||
        !cursor.read_text(from.cgroup_v1_bytes, cgroup_v1) || !cursor.read_text(from.args_bytes, args)) {
        return std::unexpected("it ends among the strings");
    }
    if (exe.empty()) {
        process.exe.reset();
    } else {
        join_leaf_first(exe, (from.flags & BW_EXE_TRUNCATED) != 0,
                        process.exe ? *process.exe : process.exe.emplace());
    }
    if (!event.cgroup) {
        event.cgroup.emplace();
    }
    event.cgroup->id = from.cgroup_id;
    join_leaf_first(cgroup, (from.flags & BW_CGROUP_TRUNCATED) != 0, event.cgroup->path);
    decoded.cgroup_v1 = split_paths(cgroup_v1);
    decoded.complete = true;
    decoded.args_missing = (from.flags & BW_ARGS_MISSING) != 0;
    if (decoded.args_missing || exe.empty()) { // no exe: a kernel thread, which has no args either
        process.args.reset();
    } else {
        split_args(args, process.args ? *process.args : process.args.emplace());
    }
    return {};
}

} // namespace

std::expected<Decoded, std::string> decode(std::span<const std::byte> bytes, std::int64_t boot_to_real_ns,
                                           Event& event) {
    Cursor cursor(bytes);
    bw_record record{};
    if (!cursor.read(record)) {
        return std::unexpected("it is shorter than a record's header");
    }
    if (record.version != BW_ABI_VERSION) {
        return std::unexpected("it has version " + std::to_string(record.version));
    }
    if (record.length > bytes.size() || record.length < sizeof(bw_record)) {
        return std::unexpected("it says that it has " + std::to_string(record.length) + " bytes");
    }
    cursor.limit(record.length);
    const auto kind = kind_of(record.event);
    const auto family = family_of(record.socket.family);
    if (!kind || !family) {
        return std::unexpected(kind ? family.error() : kind.error());
    }
    event.time_ns = wall_clock(record.time, boot_to_real_ns);
    event.kind = *kind;
    event.origin = Origin::live;
    event.implicit = (record.flags & BW_IMPLICIT) != 0;
    event.error = record.error;
    event.protocol = record.socket.protocol;
    event.family = *family;
    event.container.reset();
    event.iana.reset();
    event.held_ns.reset();
    event.found.reset();
    event.holders.clear();
    event.reason.clear();
    event.alerts.clear();
    fill_place(record, event);
    fill_socket(record.socket, event.kind == EventKind::listen && !event.failed(), event);

    Decoded decoded{.claim = record.claim,
                    .lost = record.lost,
                    .bound_at_ns = wall_clock(record.holder.since, boot_to_real_ns),
                    .since = record.holder.since};
    decoded.kept = (record.flags & BW_NOT_KEPT) == 0;
    if ((record.flags & BW_HAS_PROCESS) == 0) {
        fill_holder(record.holder, boot_to_real_ns, event);
        return decoded;
    }
    if (auto filled = fill_actor(cursor, record.holder, boot_to_real_ns, event, decoded); !filled) {
        return std::unexpected(std::move(filled.error()));
    }
    return decoded;
}

} // namespace bindwatch
