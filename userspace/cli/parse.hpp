// SPDX-License-Identifier: Apache-2.0
/// The command line -> what to do.
#pragma once

#include "cli/lookup.hpp"
#include "config/config.hpp"
#include "util/result.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace bindwatch {

/// --help or --version: text for stdout, then exit 0.
struct Printed {
    std::string text;
};

/// An Error is one line that names the flag and the offending word (in_quotes()); its code is the exit
/// status.
using ParseOutcome = std::variant<Config, Printed, Error>;

/// `argv` as main() has it, the program's name first. Asks `lookup` about users, cgroups and network
/// namespaces; prints nothing and changes nothing. `libbpf_version` goes into --version.
[[nodiscard]] ParseOutcome parse_command_line(int argc, const char* const* argv, const Lookup& lookup,
                                              std::string_view libbpf_version);

} // namespace bindwatch
