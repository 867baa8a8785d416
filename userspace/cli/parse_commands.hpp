// SPDX-License-Identifier: Apache-2.0
/// What each command makes of its words and flags; parse.cpp knows which command is meant.
#pragma once

#include "cli/command_flags.hpp"
#include "cli/parse.hpp"

#include <span>
#include <string>

namespace bindwatch {

[[nodiscard]] ParseOutcome read_follow(const CommandFlags<FollowConfig>& flags, const Lookup& lookup);
[[nodiscard]] ParseOutcome read_list(std::span<const std::string> words,
                                     const CommandFlags<ListConfig>& flags, const Lookup& lookup);
[[nodiscard]] ParseOutcome read_who(std::span<const std::string> words, const CommandFlags<WhoConfig>& flags,
                                    const Lookup& lookup);
/// `command`: what stands behind "--".
[[nodiscard]] ParseOutcome read_run(std::span<const std::string> words,
                                    const CommandFlags<FollowConfig>& flags, const Lookup& lookup,
                                    std::span<const std::string> command);
[[nodiscard]] ParseOutcome read_top(std::span<const std::string> words,
                                    const CommandFlags<FollowConfig>& flags, const Lookup& lookup);
[[nodiscard]] ParseOutcome read_explain(std::span<const std::string> ports,
                                        const CommandFlags<ExplainConfig>& flags, const Lookup& lookup);
[[nodiscard]] ParseOutcome read_doctor(std::span<const std::string> words,
                                       const CommandFlags<DoctorConfig>& flags, const Lookup& lookup);

} // namespace bindwatch
