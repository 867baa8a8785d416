// SPDX-License-Identifier: Apache-2.0
#include "cli/lookup.hpp"
#include "cli/words.hpp"
#include "util/cgroup_mount.hpp"
#include "util/decimal.hpp"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace bindwatch {

namespace {

namespace fs = std::filesystem;

/// The cgroup at a canonical path, which must not lead out of the mount.
std::optional<CgroupRef> cgroup_at(const CgroupMount& mount, const fs::path& path) {
    const std::string& text = path.native();
    const bool inside = text.starts_with(mount.point) &&
                        (text.size() == mount.point.size() || text[mount.point.size()] == '/');
    struct stat status {};
    struct statfs system {};
    if (!inside || ::stat(text.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
        ::statfs(text.c_str(), &system) != 0 || system.f_type != CGROUP2_SUPER_MAGIC) {
        return std::nullopt;
    }
    std::string below = (mount.root == "/" ? "" : mount.root) + text.substr(mount.point.size());
    return CgroupRef{status.st_ino, below.empty() ? "/" : std::move(below)};
}

Result<CgroupRef> cgroup_by_path(const CgroupMount& mount, std::string_view word) {
    std::error_code error;
    const bool absolute_in_mount = word.starts_with(mount.point + '/') || word == mount.point;
    const std::string path = absolute_in_mount ? std::string(word) : mount.point + '/' + std::string(word);
    const fs::path canonical = fs::canonical(path, error);
    const auto found = error ? std::nullopt : cgroup_at(mount, canonical);
    if (!found) {
        return fail(ExitCode::usage, in_quotes(word) + ": no such cgroup below " + in_quotes(mount.point));
    }
    return *found;
}

/// By a walk: open_by_handle_at(2) would need CAP_DAC_READ_SEARCH.
Result<CgroupRef> cgroup_by_id(const CgroupMount& mount, std::uint64_t id, std::string_view word) {
    struct stat status {};
    if (::stat(mount.point.c_str(), &status) == 0 && status.st_ino == id) {
        return CgroupRef{id, mount.root};
    }
    std::error_code error;
    fs::recursive_directory_iterator entry(mount.point, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        std::error_code ignored;
        if (entry->is_directory(ignored) && ::stat(entry->path().c_str(), &status) == 0 &&
            status.st_ino == id) {
            if (auto found = cgroup_at(mount, entry->path())) {
                return *found;
            }
        }
    }
    return fail(ExitCode::usage, in_quotes(word) + ": no cgroup has this id; a path names one too");
}

} // namespace

Result<CgroupRef> SystemLookup::cgroup(std::string_view word) const {
    std::ifstream file(proc_ + "/self/mountinfo");
    const std::string mountinfo{std::istreambuf_iterator<char>(file), {}};
    const auto mount = find_cgroup_mount(mountinfo);
    if (!mount) {
        return fail(ExitCode::kernel,
                    in_quotes(word) +
                        ": no cgroup2 file system is mounted (mount -t cgroup2 none /sys/fs/cgroup)");
    }
    if (word.empty()) {
        return fail(ExitCode::usage, "'' is not the path or id of a cgroup");
    }
    if (const auto id = parse_digits<std::uint64_t>(word)) {
        return cgroup_by_id(*mount, *id, word);
    }
    return cgroup_by_path(*mount, word);
}

} // namespace bindwatch
