// SPDX-License-Identifier: Apache-2.0
#include "util/capabilities.hpp"

#include <bindwatch/names.hpp>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace bindwatch {
namespace {

using Sets = std::array<__user_cap_data_struct, 2>; // the low and the high 32 capabilities

std::unexpected<Error> cannot(std::string_view what) {
    return fail(ExitCode::failure,
                "cannot " + std::string(what) + ": " + errno_message(static_cast<std::uint32_t>(errno)));
}

/// Taken out of what a later execve(2) could gain. The kernel lets only CAP_SETPCAP do so; without it
/// no_new_privs must do.
void empty_bounding_set() {
    for (unsigned long number = 0; prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; ++number) {
        prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
    }
}

} // namespace

Capabilities Capabilities::effective() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    Sets sets{};
    if (syscall(SYS_capget, &header, sets.data()) != 0) {
        return Capabilities(0);
    }
    return Capabilities(sets[0].effective | static_cast<std::uint64_t>(sets[1].effective) << 32U);
}

bool in_initial_user_namespace() {
    constexpr ino_t initial = 0xEFFFFFFD; // include/linux/proc_ns.h, PROC_USER_INIT_INO
    struct stat user_namespace {};
    // A kernel without user namespaces has no such file.
    return stat("/proc/self/ns/user", &user_namespace) != 0 || user_namespace.st_ino == initial;
}

Result<void> drop_capabilities(std::optional<Capability> but) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return cannot("set no_new_privs");
    }
    empty_bounding_set();
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    Sets left{};
    if (but && Capabilities::effective().has(*but)) {
        __user_cap_data_struct& set = left.at(but->number / 32);
        set.effective = set.permitted = 1U << (but->number % 32);
    }
    // The ambient set is part of the inheritable one, and goes with it.
    if (syscall(SYS_capset, &header, left.data()) != 0) {
        return cannot("drop the capabilities");
    }
    return {};
}

} // namespace bindwatch
