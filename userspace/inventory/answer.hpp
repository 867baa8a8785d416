// SPDX-License-Identifier: Apache-2.0
/// The answer to "who has this port?", for a person. Pure.
#pragma once

#include "config/config.hpp"
#include "inventory/inventory.hpp"
#include "sinks/local_time.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace bindwatch {

struct AnswerOptions {
    std::size_t width = 0; ///< cells of the terminal; 0: unlimited
    bool color = false;
    std::int64_t now_ns = 0;     ///< wall clock
    Clock clock = Clock::local;  ///< of the times that are shown
    std::uint32_t own_netns = 0; ///< sockets in another are said to be elsewhere
};

/// A block for each claim, then lines for the connections that have the port, and how to go on. `sockets` are
/// all that have the port, complete (survey()). Empty: nobody has it.
[[nodiscard]] std::string who_text(std::span<const FoundSocket> sockets, const AnswerOptions& options);

/// "1683/tcp", "1683"
[[nodiscard]] std::string to_string(const PortQuery& query);

} // namespace bindwatch
