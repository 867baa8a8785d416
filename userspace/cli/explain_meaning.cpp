// SPDX-License-Identifier: Apache-2.0
/// What a port number means for the person who found it, in sentences.
#include "cli/explain_facts.hpp"

#include <bindwatch/names.hpp>

#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace bindwatch::explain {
namespace {

constexpr std::uint16_t mptcp = 262; // RFC 8684; not in every libc's <netinet/in.h>

// Linux's default net.ipv4.ip_local_port_range (Documentation/networking/ip-sysctl.rst).
constexpr std::uint32_t linux_ephemeral_first = 32768;
constexpr std::uint32_t linux_ephemeral_last = 60999;

constexpr std::string_view deliberate =
    "an application or game server, a development server on a convenient number, or something to investigate";

std::string list_of(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += text.empty() ? word : fmt::format("{}{}", &word == &words.back() ? " and " : ", ", word);
    }
    return text;
}

/// Where `wanted` holds: " on udp"; "" for everywhere; null for nowhere.
template <typename Wanted>
std::optional<std::string> where(const std::vector<Answer>& answers, Wanted wanted) {
    std::vector<std::string> labels;
    for (const auto& answer : answers) {
        if (wanted(answer.details)) {
            labels.push_back(transport_label(answer.protocol));
        }
    }
    if (labels.empty()) {
        return std::nullopt;
    }
    return labels.size() == answers.size() ? "" : fmt::format(" on {}", list_of(labels));
}

/// Unassigned everywhere but where a transport is hardly ever used says nothing of interest about that
/// transport.
bool is_common(const Answer& answer) {
    return answer.protocol == IPPROTO_TCP || answer.protocol == IPPROTO_UDP;
}

void add_override(std::vector<std::string>& text, const ports::Details& details) {
    if (details.override_reason.empty()) {
        return;
    }
    std::string line = fmt::format("{} ({}).", details.override_reason, details.override_source);
    if (!details.info.listed_as.empty()) {
        line += fmt::format(" bindwatch therefore treats the port as {}.", name_of(details.info.status));
    }
    if (std::ranges::find(text, line) == text.end()) {
        text.push_back(std::move(line));
    }
}

void add_assigned(std::vector<std::string>& text, const std::vector<Answer>& answers) {
    const auto named = std::ranges::find_if(
        answers, [](const Answer& a) { return a.details.info.status == Status::assigned; });
    if (named == answers.end()) {
        return;
    }
    std::string line =
        "An assignment says what the number is meant for, not what is running: any program may bind "
        "it. Compare the holder with the ";
    line += named->details.info.service.empty() ? "purpose above"
                                                : "name " + std::string(named->details.info.service);
    line += "; a program that does not fit was put there deliberately.";
    text.push_back(std::move(line));
}

void add_unassigned(std::vector<std::string>& text, const std::vector<Answer>& answers) {
    const auto on =
        where(answers, [](const ports::Details& d) { return d.info.status == Status::unassigned; });
    if (on) {
        text.push_back(
            "No service has this number" + *on +
            ", so none takes it by default: whatever holds it was put there deliberately. That is " +
            std::string(deliberate) + ".");
    }
}

bool at_edge(std::uint32_t port) {
    return port == 0 || port == 1023 || port == 1024 || port == 49151;
}

void add_reserved(std::vector<std::string>& text, std::uint32_t port, const std::vector<Answer>& answers) {
    const auto held = [](const ports::Details& d) {
        return d.registry_status == ports::RegistryStatus::reserved;
    };
    const auto back = [](const ports::Details& d) {
        return d.registry_status == ports::RegistryStatus::withdrawn;
    };
    if (const auto on = where(answers, held)) {
        std::string line = "IANA keeps the number back" + *on + ": ";
        line += at_edge(port)
                    ? "the values at the edges of the ranges are reserved, so that a range can be extended "
                      "(RFC 6335 section 6). "
                    : "it is not free for a new service. ";
        line += port == 0 ? "" : "A program that binds it follows no registration; see which one it is.";
        text.push_back(std::move(line));
    }
    if (const auto on = where(answers, back)) {
        text.push_back(
            fmt::format("The number was registered once and the registration was taken back{}. Old "
                        "software may still use it; a new program should not.",
                        *on));
    }
}

void add_borrowed(std::vector<std::string>& text, const PortQuery& query) {
    if (query.protocol == IPPROTO_UDPLITE) {
        text.emplace_back("UDP-Lite has no numbers of its own: it uses those of UDP (RFC 3828 section 6.1).");
    } else if (query.protocol == mptcp) {
        text.emplace_back("Multipath TCP has no numbers of its own: it uses those of TCP (RFC 8684).");
    }
}

void add_zero(std::vector<std::string>& text) {
    text.emplace_back(
        "Port 0 is a request, not a port: a program that binds port 0 asks the kernel to choose a free "
        "one, on Linux from net.ipv4.ip_local_port_range (32768-60999 by default). No socket ever "
        "holds port 0, so nothing can listen on it. bindwatch shows the port that the kernel chose, "
        "with requested_port 0.");
}

void add_dynamic(std::vector<std::string>& text, std::uint32_t port) {
    text.emplace_back(
        "The dynamic tier is the ephemeral range: systems hand these numbers out to whoever needs any "
        "port, mostly to the client end of connections. Nothing is registered here, and a number of "
        "this range must not identify a service (RFC 6335 section 8.1.2), so the number tells "
        "nothing; the process does.");
    text.emplace_back(
        "A server that asks for a fixed port here may find it taken by a client. Give it a number "
        "below 49152, or let it bind port 0 and publish what it got.");
    text.emplace_back(
        port > linux_ephemeral_last
            ? "macOS and Windows hand out 49152-65535. Linux stops at 60999 by default "
              "(sysctl net.ipv4.ip_local_port_range), so there a program that holds this port asked for it."
            : "macOS and Windows hand out 49152-65535, Linux 32768-60999 by default "
              "(sysctl net.ipv4.ip_local_port_range).");
}

void add_tier(std::vector<std::string>& text, std::uint32_t port) {
    const Tier tier = ports::tier_of(static_cast<std::uint16_t>(port));
    if (tier == Tier::system && port != 0) {
        text.emplace_back(
            "On Linux a program needs CAP_NET_BIND_SERVICE to bind a port below 1024; without it bind "
            "fails with EACCES. sysctl net.ipv4.ip_unprivileged_port_start moves that limit.");
    }
    if (tier == Tier::user && port >= linux_ephemeral_first) {
        text.emplace_back(
            "Linux hands out 32768-60999 to clients by default (sysctl net.ipv4.ip_local_port_range), "
            "so a connection may hold this number by chance. "
            "sysctl net.ipv4.ip_local_reserved_ports keeps it for a server.");
    }
}

void add_closed(std::vector<std::string>& text) {
    text.emplace_back(
        "Scanners try every port all the time: a probe of this one, in a firewall's log, means nothing "
        "by itself. Where nothing listens the port is closed, whatever its name: TCP answers with a "
        "reset, UDP with ICMP port unreachable.");
}

} // namespace

std::vector<std::string> meaning_of(const PortQuery& query, const std::vector<Answer>& answers) {
    std::vector<std::string> text;
    if (answers.empty()) {
        text.push_back(query.port > 65535
                           ? fmt::format("{} is no port: ports end at 65535.", query.port)
                           : fmt::format("{} has no port registry: IANA keeps tcp, udp, sctp and dccp.",
                                         transport_label(query.protocol.value_or(0))));
        return text;
    }
    std::vector<Answer> common;
    std::ranges::copy_if(answers, std::back_inserter(common), is_common);
    if (common.empty()) {
        common = answers;
    }
    for (const auto& answer : common) {
        add_override(text, answer.details);
    }
    add_borrowed(text, query);
    if (query.port == 0) {
        add_zero(text);
    }
    if (answers.front().details.info.tier == Tier::dynamic) {
        add_dynamic(text, query.port);
    }
    add_assigned(text, common);
    if (query.port != 0) {
        add_unassigned(text, common);
    }
    add_reserved(text, query.port, common);
    add_tier(text, query.port);
    if (query.port != 0) {
        add_closed(text);
    }
    return text;
}

} // namespace bindwatch::explain
