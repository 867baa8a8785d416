// SPDX-License-Identifier: Apache-2.0
/// The flags of each command, as data: the parser, the help text and the tests read the same table.
#pragma once

#include "cli/lookup.hpp"
#include "config/config.hpp"
#include "util/result.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace bindwatch {

enum class Section : std::uint8_t { filters, output, ending, engine };

template <typename Target>
struct Flag {
    char letter = 0; ///< "-p"; 0: none
    std::string_view name;
    std::string_view value; ///< what the help calls it; empty: the flag is a switch
    std::string_view help;
    Section section = Section::filters;
    bool repeatable = false;
    /// Puts one word (of a switch: an empty one) into the configuration. Errors do not name the flag.
    Result<void> (*apply)(Target& target, std::string_view word, const Lookup& lookup) = nullptr;
};

[[nodiscard]] std::span<const Flag<FollowConfig>> follow_flags();
[[nodiscard]] std::span<const Flag<FollowConfig>> top_flags();
[[nodiscard]] std::span<const Flag<ListConfig>> list_flags();
[[nodiscard]] std::span<const Flag<WhoConfig>> who_flags();
[[nodiscard]] std::span<const Flag<FollowConfig>> run_flags();
[[nodiscard]] std::span<const Flag<ExplainConfig>> explain_flags();
[[nodiscard]] std::span<const Flag<DoctorConfig>> doctor_flags();

} // namespace bindwatch
