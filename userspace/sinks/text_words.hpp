// SPDX-License-Identifier: Apache-2.0
/// What the text output says about an event, as printable text without layout or colour.
#pragma once

#include "sinks/style.hpp"

#include <bindwatch/event.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bindwatch::text {

/// "3.2 s", "12 min 5 s", "4 h 3 min", "2 d 7 h": two units at most, one digit where it is below ten.
[[nodiscard]] std::string duration(std::uint64_t ns);

/// "1683/tcp"; a port that is not known is "?".
[[nodiscard]] std::string port_and_transport(const Event& event);

/// "127.0.0.1"; one that is not known is "-".
[[nodiscard]] std::string address(const Event& event);

/// "python3[2608]" in at most `width` cells if that holds the pid: the comm gives way, never the pid, which
/// is what one needs next. "kernel" where there is none.
[[nodiscard]] std::string process(const std::optional<Process>& process, std::size_t width);

/// "root", "1000", "?"; "-" where there is no process.
[[nodiscard]] std::string user(const std::optional<Process>& process);

/// "python3 -m http.server 1683", as a shell would want it; without arguments the executable, or the comm.
[[nodiscard]] std::string command(const Process& process);

/// "http", "unassigned"
[[nodiscard]] std::string subject(const PortInfo& iana);
[[nodiscard]] Style style_of(Status status);

/// "docker container 3f2a1b9c8d7e", "Kubernetes container web of pod shop-1"
[[nodiscard]] std::string container(const Container& container);

/// The "WHAT THE PORT IS" column: a subject, in full and brief, and what follows it between dots.
struct Meaning {
    std::string subject;
    std::string brief; ///< the subject where there is little room
    std::vector<std::string> notes;
};
[[nodiscard]] Meaning meaning(const Event& event);

/// "FAILED EADDRINUSE: Address already in use"
[[nodiscard]] std::string failure(std::uint32_t error);

/// An alert as a sentence, then the command and who started it: "1683/tcp is not assigned by IANA: something
/// put it there deliberately. python3 -m http.server 1683, started by bash[1200]". The command takes at most
/// `command_limit` cells; 0 is unlimited.
[[nodiscard]] std::string alert_sentence(const Event& event, const Alert& alert, std::size_t command_limit);

} // namespace bindwatch::text
