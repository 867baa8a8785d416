// SPDX-License-Identifier: Apache-2.0
/// What the facts about a machine mean for bindwatch. Pure.
#pragma once

#include "kernel/machine.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bindwatch {

enum class Verdict : std::uint8_t {
    ok,
    note,  ///< something is left out or costs more, and bindwatch works
    wrong, ///< no plan works like this, or the best one does not
};

/// "ok", "note", "wrong"
[[nodiscard]] std::string_view name_of(Verdict verdict);

struct Check {
    std::string_view name;
    Verdict verdict = Verdict::ok;
    std::string finding;
    std::string advice; ///< what to change; empty: nothing
};

/// One entry a subject, in the order in which one leads to the next. A fact that cannot be read is a note,
/// never a guess.
[[nodiscard]] std::vector<Check> judge(const MachineFacts& facts);

} // namespace bindwatch
