// SPDX-License-Identifier: Apache-2.0
/// What this process may do beyond its user id (capabilities(7)), by plain system calls: a static build needs
/// no library for it.
#pragma once

#include "util/result.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace bindwatch {

struct Capability {
    unsigned number;
    std::string_view name;
};

// Numbers of our own: the header of an older system lacks the two of Linux 5.8.
inline constexpr Capability cap_dac_read_search{2, "CAP_DAC_READ_SEARCH"};
inline constexpr Capability cap_kill{5, "CAP_KILL"};
inline constexpr Capability cap_net_admin{12, "CAP_NET_ADMIN"};
inline constexpr Capability cap_sys_ptrace{19, "CAP_SYS_PTRACE"};
inline constexpr Capability cap_sys_admin{21, "CAP_SYS_ADMIN"};
inline constexpr Capability cap_perfmon{38, "CAP_PERFMON"};
inline constexpr Capability cap_bpf{39, "CAP_BPF"};

/// The effective set of the calling thread at one moment.
class Capabilities {
  public:
    [[nodiscard]] static Capabilities effective();

    [[nodiscard]] bool has(Capability capability) const { return (bits_ >> capability.number & 1U) != 0; }

  private:
    explicit Capabilities(std::uint64_t bits) : bits_(bits) {}

    std::uint64_t bits_;
};

/// False in a user namespace, whose capabilities do not reach the kernel itself.
[[nodiscard]] bool in_initial_user_namespace();

/// Gives up all capabilities (`but` one, if there is a use for it to the end), and with no_new_privs every
/// way to new ones, for good. For the calling thread and those that it starts from then on, so call it while
/// there is but one.
[[nodiscard]] Result<void> drop_capabilities(std::optional<Capability> but = std::nullopt);

} // namespace bindwatch
