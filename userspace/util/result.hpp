// SPDX-License-Identifier: Apache-2.0
/// What a step that can fail returns: a value, or one line for the user and the exit status that goes with
/// it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace bindwatch {

/// The exit status table of the manual; after `run` it is the command's own, whatever number that is.
enum class ExitCode : std::uint8_t {
    done = 0,
    failure = 1,
    usage = 2,
    privilege = 3,
    kernel = 4,
    alert = 10,
};

struct Error {
    ExitCode code = ExitCode::failure;
    std::string message; ///< one line, no full stop, names the word, capability or option that is wrong
};

template <typename T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ExitCode code, std::string message) {
    return std::unexpected(Error{code, std::move(message)});
}

} // namespace bindwatch
