// SPDX-License-Identifier: Apache-2.0
#include "kernel/network_namespaces.hpp"

#include "util/capabilities.hpp"
#include "util/unique_fd.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace bindwatch {
namespace {

using Names = std::unordered_map<ino_t, std::string>;

struct CloseDirectory {
    void operator()(DIR* directory) const { closedir(directory); }
};

template <typename Visit>
void for_each_entry(const char* path, Visit visit) {
    const std::unique_ptr<DIR, CloseDirectory> directory(opendir(path));
    if (!directory) {
        return;
    }
    while (const dirent* entry =
               readdir(directory.get())) { // NOLINT(concurrency-mt-unsafe): a stream of our own
        visit(static_cast<const char*>(entry->d_name));
    }
}

bool is_refusal(int error) {
    return error == EACCES || error == EPERM;
}

/// A path to each namespace but our own. `hidden`: there may be more.
Names others(ino_t own, bool& hidden) {
    Names names;
    const auto note = [&](const std::string& path) {
        struct stat status {};
        if (stat(path.c_str(), &status) != 0) {
            hidden = hidden || is_refusal(errno);
        } else if (status.st_ino != own) {
            names.try_emplace(status.st_ino, path);
        }
    };
    for_each_entry("/proc", [&](const char* name) {
        if (*name >= '1' && *name <= '9') {
            note("/proc/" + std::string(name) + "/ns/net");
        }
    });
    for_each_entry("/run/netns", [&](const char* name) {
        if (*name != '.') {
            note("/run/netns/" + std::string(name));
        }
    });
    return names;
}

} // namespace

VisitReport visit_network_namespaces(const std::function<Result<void>(std::uint32_t)>& visitor) {
    VisitReport report;
    const UniqueFd home(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    struct stat status {};
    const bool known = home && fstat(home.get(), &status) == 0;
    if (auto done = visitor(static_cast<std::uint32_t>(status.st_ino)); !done) {
        report.error = std::move(done.error());
        return report;
    }
    if (!known) {
        return report; // without /proc there are no others to be seen either
    }
    bool away = false;
    bool refused = false;
    for (const auto& [inode, path] : others(status.st_ino, refused)) {
        const UniqueFd other(open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!other || setns(other.get(), CLONE_NEWNET) != 0) {
            refused = refused || is_refusal(errno); // else it has gone
            continue;
        }
        away = true;
        if (auto done = visitor(static_cast<std::uint32_t>(inode)); !done) {
            report.error = std::move(done.error());
            break;
        }
    }
    // What is hidden from one who has these is hidden from everybody.
    const Capabilities have = Capabilities::effective();
    report.all = !refused || (have.has(cap_sys_admin) && have.has(cap_sys_ptrace));
    if (away && setns(home.get(), CLONE_NEWNET) != 0) {
        report.error = Error{ExitCode::failure,
                             "cannot return to our network namespace: " + std::string(strerror(errno))};
    }
    return report;
}

} // namespace bindwatch
