// SPDX-License-Identifier: Apache-2.0
/// What the command line asks the operating system about: the only place where reading it depends on the
/// machine.
#pragma once

#include "filter/filters.hpp"
#include "util/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bindwatch {

/// Errors quote the word and say what is missing; the caller puts the flag before them. ExitCode::usage for
/// something that does not exist, privilege for something that may not be looked at, kernel for a machine
/// without cgroup2.
class Lookup {
  public:
    Lookup() = default;
    Lookup(const Lookup&) = delete;
    Lookup& operator=(const Lookup&) = delete;
    Lookup(Lookup&&) = delete;
    Lookup& operator=(Lookup&&) = delete;
    virtual ~Lookup() = default;

    /// The uid of a user's name.
    [[nodiscard]] virtual Result<std::uint32_t> user_id(std::string_view name) const = 0;
    /// A path from the cgroup2 root (with or without '/'), an absolute path below its mount, or a cgroup id.
    [[nodiscard]] virtual Result<CgroupRef> cgroup(std::string_view word) const = 0;
    /// The inode number of a network namespace, given as that number, as a path (/run/netns/NAME) or as a
    /// process id.
    [[nodiscard]] virtual Result<std::uint32_t> netns(std::string_view word) const = 0;
};

/// Asks the running machine.
class SystemLookup final : public Lookup {
  public:
    /// `proc` stands for /proc.
    explicit SystemLookup(std::string proc = "/proc") : proc_(std::move(proc)) {}

    [[nodiscard]] Result<std::uint32_t> user_id(std::string_view name) const override;
    [[nodiscard]] Result<CgroupRef> cgroup(std::string_view word) const override;
    [[nodiscard]] Result<std::uint32_t> netns(std::string_view word) const override;

  private:
    std::string proc_;
};

} // namespace bindwatch
