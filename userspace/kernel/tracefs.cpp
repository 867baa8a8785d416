// SPDX-License-Identifier: Apache-2.0
#include "kernel/tracefs.hpp"

#include "util/unique_fd.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string>

namespace bindwatch {
namespace {

constexpr std::string_view why = ", which seeing how calls end needs";

std::unexpected<Error> may_not_be_read() {
    return fail(ExitCode::privilege, "tracefs may not be read: CAP_DAC_READ_SEARCH missing" +
                                         std::string(why) + "; run it with sudo");
}

/// Where there is none errno says why: EACCES stands for one that is mounted and may not be looked into.
UniqueFd open_mounted() {
    int refusal = ENOENT;
    for (const char* path : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
        UniqueFd mounted(open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (mounted && faccessat(mounted.get(), "events", F_OK, AT_EACCESS) == 0) {
            return mounted;
        }
        if (mounted && errno == EACCES) {
            refusal = EACCES;
        }
    }
    errno = refusal;
    return {};
}

/// Nobody else sees this mount, and it goes with its descriptor.
UniqueFd mount_our_own() {
    const UniqueFd context(static_cast<int>(syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC)));
    if (!context || syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
        return {};
    }
    return UniqueFd(static_cast<int>(syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0)));
}

Result<UniqueFd> open_tracefs() {
    if (UniqueFd mounted = open_mounted()) {
        return mounted;
    }
    if (errno == EACCES) {
        return may_not_be_read();
    }
    if (UniqueFd own = mount_our_own()) {
        return own;
    }
    const bool forbidden = errno == EPERM;
    return fail(forbidden ? ExitCode::privilege : ExitCode::kernel,
                "tracefs is not mounted" + std::string(why) +
                    (forbidden ? ", and CAP_SYS_ADMIN to mount it is missing" : "") +
                    ": mount -t tracefs tracefs /sys/kernel/tracing");
}

} // namespace

Tracefs tracefs_state() {
    if (open_mounted()) {
        return Tracefs::readable;
    }
    return errno == EACCES ? Tracefs::closed : Tracefs::absent;
}

Result<std::uint64_t> tracepoint_id(std::string_view tracepoint) {
    const auto tracefs = open_tracefs();
    if (!tracefs) {
        return std::unexpected(tracefs.error());
    }
    const std::string path = "events/syscalls/" + std::string(tracepoint) + "/id";
    const UniqueFd file(openat(tracefs->get(), path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file && errno == EACCES) {
        return may_not_be_read();
    }
    if (!file && errno == EPERM) {
        return fail(ExitCode::kernel, "lockdown=confidentiality closes tracefs" + std::string(why) +
                                          ": boot with lockdown=integrity");
    }
    std::array<char, 32> text{};
    const ssize_t bytes = file ? read(file.get(), text.data(), text.size()) : -1;
    std::uint64_t id = 0;
    if (bytes <= 0 || std::from_chars(text.data(), text.data() + bytes, id).ec != std::errc{}) {
        return fail(ExitCode::kernel, "this kernel has no tracepoint syscalls/" + std::string(tracepoint) +
                                          " (CONFIG_FTRACE_SYSCALLS)" + std::string(why));
    }
    return id;
}

} // namespace bindwatch
