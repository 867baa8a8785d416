// SPDX-License-Identifier: Apache-2.0
/// A machine with one user, one cgroup and one network namespace.
#pragma once

#include "cli/lookup.hpp"
#include "cli/words.hpp"

namespace bindwatch {

class FakeLookup final : public Lookup {
  public:
    [[nodiscard]] Result<std::uint32_t> user_id(std::string_view name) const override {
        if (name == "www-data") {
            return 33U;
        }
        return fail(ExitCode::usage, in_quotes(name) + " is no user");
    }
    [[nodiscard]] Result<CgroupRef> cgroup(std::string_view word) const override {
        if (word == "system.slice" || word == "231") {
            return CgroupRef{231, "/system.slice"};
        }
        return fail(ExitCode::usage, in_quotes(word) + " is no cgroup");
    }
    [[nodiscard]] Result<std::uint32_t> netns(std::string_view word) const override {
        if (word == "/run/netns/blue") {
            return 4026532000U;
        }
        return fail(ExitCode::privilege, in_quotes(word) + " is hidden");
    }
};

} // namespace bindwatch
