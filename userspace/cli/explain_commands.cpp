// SPDX-License-Identifier: Apache-2.0
/// How to see who holds a port, with what each system brings along.
#include "cli/explain_facts.hpp"

#include <fmt/format.h>
#include <netinet/in.h>

namespace bindwatch::explain {
namespace {

constexpr std::uint16_t mptcp = 262; // RFC 8684; not in every libc's <netinet/in.h>

constexpr std::string_view linux_name = "linux";
constexpr std::string_view macos = "macos";
constexpr std::string_view windows = "windows";

/// Which of the two transports that every system knows the query is about.
struct Asked {
    bool tcp = true;
    bool udp = true;
};

Asked asked(const PortQuery& query) {
    if (!query.protocol) {
        return {};
    }
    return {.tcp = *query.protocol == IPPROTO_TCP || *query.protocol == mptcp,
            .udp = *query.protocol == IPPROTO_UDP};
}

/// What ss(8) calls the transport; empty: it does not know it.
std::string_view ss_letters(const PortQuery& query) {
    if (!query.protocol) {
        return "tu";
    }
    switch (*query.protocol) {
    case IPPROTO_TCP: return "t";
    case mptcp: return "tM";
    case IPPROTO_UDP: return "u";
    case IPPROTO_SCTP: return "S";
    case IPPROTO_DCCP: return "d";
    default: return {};
    }
}

std::string lsof(const PortQuery& query) {
    const auto [tcp, udp] = asked(query);
    return fmt::format("sudo lsof -nP -i{}:{}", tcp && udp ? " " : (tcp ? "TCP" : "UDP"), query.port);
}

void add_linux(std::vector<Command>& commands, const PortQuery& query) {
    const auto add = [&](std::string command, std::string_view shows) {
        commands.push_back({.platform = linux_name, .command = std::move(command), .shows = shows});
    };
    // bindwatch --proto knows the names of the contract, and DCCP has none there.
    const bool nameable = query.protocol && *query.protocol != IPPROTO_DCCP;
    add(nameable
            ? fmt::format("sudo bindwatch -p {} --proto {}", query.port, transport_label(*query.protocol))
            : fmt::format("sudo bindwatch -p {}", query.port),
        "every claim from now on");
    if (const auto letters = ss_letters(query); !letters.empty()) {
        add(fmt::format("sudo ss -ln{}p 'sport = :{}'", letters, query.port), "the holder now");
    } else if (query.protocol == IPPROTO_UDPLITE) {
        add(fmt::format("grep -h ':{:04X} ' /proc/net/udplite*", query.port), "the socket now");
    }
    if (const auto [tcp, udp] = asked(query); tcp || udp) {
        add(lsof(query), "");
        add(fmt::format("sudo netstat -ln{}{}p | grep ':{} '", tcp ? "t" : "", udp ? "u" : "", query.port),
            "");
    }
}

void add_macos(std::vector<Command>& commands, const PortQuery& query) {
    const auto [tcp, udp] = asked(query);
    if (!tcp && !udp) {
        return;
    }
    const std::string_view only = tcp && udp ? "" : (tcp ? "p tcp" : "p udp");
    commands.push_back({.platform = macos, .command = lsof(query), .shows = {}});
    commands.push_back({.platform = macos,
                        .command = fmt::format("netstat -anv{} | grep '[.]{} '", only, query.port),
                        .shows = {}});
}

void add_windows(std::vector<Command>& commands, const PortQuery& query) {
    const auto add = [&](std::string command, std::string_view shows) {
        commands.push_back({.platform = windows, .command = std::move(command), .shows = shows});
    };
    const auto [tcp, udp] = asked(query);
    if (tcp || udp) {
        // Without /c: findstr would look for the words on either side of the space.
        add(fmt::format("netstat -ano | findstr /c:\":{} \"", query.port), "PID at the end");
    }
    if (tcp) {
        add(fmt::format("Get-NetTCPConnection -LocalPort {}", query.port), "PowerShell: OwningProcess");
    }
    if (udp) {
        add(fmt::format("Get-NetUDPEndpoint -LocalPort {}", query.port), "PowerShell: OwningProcess");
    }
}

void add_zero(std::vector<Command>& commands) {
    constexpr std::string_view from = "from where it chooses";
    commands.push_back(
        {.platform = linux_name, .command = "sudo bindwatch", .shows = "what the kernel chose"});
    commands.push_back(
        {.platform = linux_name, .command = "sysctl net.ipv4.ip_local_port_range", .shows = from});
    commands.push_back({.platform = macos, .command = "sysctl net.inet.ip.portrange", .shows = from});
    commands.push_back(
        {.platform = windows, .command = "netsh int ipv4 show dynamicport tcp", .shows = from});
}

} // namespace

std::vector<Command> commands_for(const PortQuery& query) {
    std::vector<Command> commands;
    if (query.port == 0) {
        // No socket holds port 0: what can be seen is the port that came of it.
        add_zero(commands);
        return commands;
    }
    add_linux(commands, query);
    add_macos(commands, query);
    add_windows(commands, query);
    return commands;
}

} // namespace bindwatch::explain
