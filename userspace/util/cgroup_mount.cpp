// SPDX-License-Identifier: Apache-2.0
#include "util/cgroup_mount.hpp"

#include "util/decimal.hpp"

#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <iterator>
#include <utility>

namespace bindwatch {
namespace {

std::string_view next_field(std::string_view& line) {
    const auto end = line.find(' ');
    const std::string_view field = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return field;
}

/// The kernel writes space, tab, newline and backslash as \ooo (seq_path).
std::string unescaped(std::string_view field) {
    std::string out;
    while (!field.empty()) {
        const std::string_view octal = field.substr(1, 3);
        const auto code = parse_digits<unsigned>(octal, 8);
        if (field.front() == '\\' && octal.size() == 3 && code) {
            out += static_cast<char>(*code);
            field.remove_prefix(4);
        } else {
            out += field.front();
            field.remove_prefix(1);
        }
    }
    return out;
}

/// "36 35 98:0 ROOT POINT OPTIONS TAGS… - TYPE SOURCE SUPER"
std::optional<CgroupMount> cgroup_mount_of(std::string_view line) {
    const auto separator = line.find(" - ");
    if (separator == std::string_view::npos || !line.substr(separator + 3).starts_with("cgroup2 ")) {
        return std::nullopt;
    }
    for (int skipped = 0; skipped < 3; ++skipped) {
        next_field(line);
    }
    const std::string root = unescaped(next_field(line));
    return CgroupMount{unescaped(next_field(line)), root};
}

/// How near to the root of all a mount's root is. In a cgroup namespace that root is called "/..", "/../.."
/// and so on, and
/// "/" is the namespace's own. 0: only a part.
std::size_t rank_of(std::string_view root) {
    std::size_t rank = 1;
    for (; root.starts_with("/.."); root.remove_prefix(3)) {
        ++rank;
    }
    return root.empty() || (root == "/" && rank == 1) ? rank : 0;
}

} // namespace

std::optional<CgroupMount> find_cgroup_mount(std::string_view mountinfo) {
    std::optional<CgroupMount> best;
    std::size_t best_rank = 0;
    while (!mountinfo.empty()) {
        const auto end = mountinfo.find('\n');
        auto mount = cgroup_mount_of(mountinfo.substr(0, end));
        mountinfo.remove_prefix(end == std::string_view::npos ? mountinfo.size() : end + 1);
        if (!mount) {
            continue;
        }
        const std::size_t rank = rank_of(mount->root);
        if (!best || rank > best_rank) {
            mount->root = rank > 0 ? "/" : std::move(mount->root);
            best = std::move(mount);
            best_rank = rank;
        }
    }
    return best;
}

std::optional<CgroupMount> own_cgroup_mount() {
    std::ifstream file("/proc/self/mountinfo");
    const std::string mountinfo{std::istreambuf_iterator<char>(file), {}};
    return find_cgroup_mount(mountinfo);
}

bool shows_whole_hierarchy(const CgroupMount& mount) {
    return access((mount.point + "/cgroup.events").c_str(), F_OK) != 0;
}

} // namespace bindwatch
