// SPDX-License-Identifier: Apache-2.0
/// What `bindwatch explain` says of one query, before it is text or JSON.
#pragma once

#include "config/config.hpp"
#include "ports/registry.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bindwatch::explain {

struct Answer {
    std::uint16_t protocol = 0; ///< IPPROTO number, as asked: MPTCP stays MPTCP
    ports::Details details;
};

/// A command of another program (or of bindwatch) that shows the holder of the port.
struct Command {
    std::string_view platform; ///< "linux", "macos", "windows"
    std::string command;
    std::string_view shows; ///< what it adds; empty: the holder, like the one above it
};

struct Link {
    std::string url;
    std::string_view shows;
};

struct Explanation {
    std::string query; ///< "443/udp"
    PortQuery asked;   ///< the query itself
    std::vector<Answer>
        answers; ///< a transport each; empty: a port above 65535, or a transport without a registry
    std::vector<std::string> meaning; ///< paragraphs, most important first
    std::vector<Command> commands;
    std::vector<Link> links;
};

[[nodiscard]] Explanation explain(const PortQuery& query);

/// "tcp"; unlike transport_name(), "dccp" too, since the registry has a column of it.
[[nodiscard]] std::string transport_label(std::uint16_t protocol);

/// IANA's "[Tom_Lane][SAP_2]" as a list for reading: "Tom Lane", "SAP". Footnote numbers are left out.
[[nodiscard]] std::vector<std::string> unbracket(std::string_view field);

/// The numbers of the tier: "1024-49151".
[[nodiscard]] std::string_view range_of(Tier tier);

/// "assigned", …, "withdrawn", "absent"
[[nodiscard]] std::string_view registry_status_name(ports::RegistryStatus status);

/// The paragraphs of Explanation::meaning.
[[nodiscard]] std::vector<std::string> meaning_of(const PortQuery& query, const std::vector<Answer>& answers);

[[nodiscard]] std::vector<Command> commands_for(const PortQuery& query);

} // namespace bindwatch::explain
