// SPDX-License-Identifier: Apache-2.0
/// What --help and --version print. No line is wider than 80 columns.
#pragma once

#include <string>
#include <string_view>

namespace bindwatch {

[[nodiscard]] std::string follow_help();
[[nodiscard]] std::string list_help();
[[nodiscard]] std::string who_help();
[[nodiscard]] std::string run_help();
[[nodiscard]] std::string top_help();
[[nodiscard]] std::string explain_help();
[[nodiscard]] std::string doctor_help();

/// The version, git commit, libbpf's own version and the date of the port registry, each on a line of its
/// own.
[[nodiscard]] std::string version_text(std::string_view libbpf_version);

} // namespace bindwatch
