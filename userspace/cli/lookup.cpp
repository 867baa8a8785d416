// SPDX-License-Identifier: Apache-2.0
#include "cli/lookup.hpp"

#include "cli/words.hpp"
#include "util/decimal.hpp"
#include "util/unique_fd.hpp"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <pwd.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace bindwatch {

namespace {

// PID_MAX_LIMIT of a 64-bit kernel; inode numbers of namespaces start far above (PROC_DYNAMIC_FIRST).
constexpr std::uint32_t last_pid = 4U << 20U;

Result<std::uint32_t> network_namespace_of(const std::string& path, std::string_view word,
                                           std::string_view missing) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        if (errno == EACCES || errno == EPERM) {
            return fail(ExitCode::privilege,
                        in_quotes(word) +
                            ": its network namespace is not for this user to see: it takes root or "
                            "CAP_SYS_PTRACE");
        }
        return fail(ExitCode::usage, in_quotes(word) + std::string(missing));
    }
    struct stat status {};
    if (::ioctl(file.get(), NS_GET_NSTYPE) != CLONE_NEWNET || ::fstat(file.get(), &status) != 0) {
        return fail(ExitCode::usage, in_quotes(word) + " is not a network namespace");
    }
    return static_cast<std::uint32_t>(status.st_ino);
}

} // namespace

Result<std::uint32_t> SystemLookup::user_id(std::string_view name) const {
    constexpr std::size_t longest_entry = 1U << 20U;
    const std::string terminated(name);
    std::vector<char> memory(4096);
    passwd entry{};
    passwd* found = nullptr;
    while (::getpwnam_r(terminated.c_str(), &entry, memory.data(), memory.size(), &found) == ERANGE &&
           memory.size() < longest_entry) {
        memory.resize(memory.size() * 2);
    }
    if (found == nullptr) {
        return fail(ExitCode::usage,
                    in_quotes(name) + " is not a user id and no user of this machine has that name");
    }
    return entry.pw_uid;
}

Result<std::uint32_t> SystemLookup::netns(std::string_view word) const {
    if (const auto number = parse_digits<std::uint32_t>(word)) {
        if (*number > last_pid) {
            return *number;
        }
        return network_namespace_of(proc_ + '/' + std::string(word) + "/ns/net", word,
                                    " is neither the id of a process nor an inode number");
    }
    if (word.empty()) {
        return fail(ExitCode::usage, "'' is not an inode number, path or process id");
    }
    return network_namespace_of(std::string(word), word,
                                ": no such file; 'ip netns' keeps its names in /run/netns");
}

} // namespace bindwatch
