// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hpp"

#include "cli/flags.hpp"
#include "ports/registry.hpp"

#include <fmt/format.h>

#include <iterator>

namespace bindwatch {

namespace {

constexpr std::string_view follow_intro =
    R"(Says live which process claims (binds, listens on, releases) which port.

Usage: bindwatch [FILTERS] [OUTPUT]
       bindwatch list [FILTERS] [OUTPUT]
       bindwatch who PORT[/TRANSPORT] [--wait|--watch] [--json]
       bindwatch run [FILTERS] [OUTPUT] -- CMD ARG...
       bindwatch top [FILTERS]
       bindwatch explain PORT[/TRANSPORT]... [--json]
       bindwatch doctor [--json]

Follows every claim in all network namespaces until Ctrl-C. Needs root.

Commands:
  list                           every claim that exists, and who has it
  who PORT[/TRANSPORT]           who has this port, why, and how to end it
  run -- CMD ARG...              runs a command and follows what it claims
  top                            all that live, on the whole screen
  explain PORT[/TRANSPORT]...    what a port number means; needs no root
  doctor                         what works on this machine, and what to change
)";

constexpr std::string_view follow_outro = R"(
Exit status: 0 done, 1 failure, 2 usage, 3 privilege, 4 kernel, 10 alert.

Examples:
  bindwatch                              every claim, for a person
  bindwatch --alerts                     only what looks out of place
  bindwatch -p 1683,8000-8999 --json     some ports, for a program
  bindwatch --failed --event bind        who wants a port and does not get it
  bindwatch -o text -o json=file:/var/log/claims.json
  bindwatch explain 1683 443/udp         what the numbers mean
)";

constexpr std::string_view list_intro =
    R"(Says which claims exist now, and which processes have them.

Usage: bindwatch list [FILTERS] [OUTPUT]

Looks into all network namespaces and at sockets that no process has. Needs root.
)";

constexpr std::string_view list_outro = R"(
Examples:
  bindwatch list                         every claim, by port
  bindwatch list --by process --tree     who has what, with every descriptor
  bindwatch list -p 8000-8999 --json     some ports, for a program
  bindwatch list --all --pid 4711        what a process has, connections too
)";

constexpr std::string_view who_intro =
    R"(Says who has a port, since when and why, and what ends it.

Usage: bindwatch who PORT[/TRANSPORT] [--wait|--watch] [--json]

Looks into all network namespaces, at every process that shares the socket, and
at sockets that no process has. Needs root.
)";

constexpr std::string_view who_outro = R"(
Exit status: 0 somebody has it; 1 nobody; with --wait 0 once it is free.

Examples:
  bindwatch who 1683
  bindwatch who 443/udp --json
  bindwatch who 8080 --wait && ./server
)";

constexpr std::string_view run_intro =
    R"(Runs a command and follows what it and its descendants claim.

Usage: bindwatch run [FILTERS] [OUTPUT] -- CMD ARG...

From the command's first instruction until the last of its descendants has
ended, those too that detach themselves. Signals are passed on. Needs root, and
so the command has it.
)";

constexpr std::string_view run_outro = R"(
Exit status: the command's own (128+N after signal N, 126 or 127 if it cannot be
run); with --fail-on-alert 10 if an alert was raised.

Examples:
  bindwatch run -- ./server --port 8080
  bindwatch run --fail-on-alert -o json=file:claims.json -- make test
)";

constexpr std::string_view top_intro =
    R"(Shows the claims that exist, newest first, and what happens to them, live.

Usage: bindwatch top [FILTERS]

On the whole screen of a terminal; ? says what each key does, q ends it. Looks
into all network namespaces. Needs root.
)";

constexpr std::string_view top_outro = R"(
Keys: arrows, j, k, PgUp, PgDn, Home, End move; Tab changes between claims,
alerts, failures and events; Enter shows all of one, f follows its port, Esc
goes back; / filters by typing, s sorts; Ctrl-L draws anew; q or Ctrl-C ends.

Examples:
  bindwatch top
  bindwatch top --alerts                 only what looks out of place
  bindwatch top -p 1-1023 --containers
)";

constexpr std::string_view explain_intro =
    R"(Says what a port number means: tier, registry status, names, where to look.

Usage: bindwatch explain PORT[/TRANSPORT]... [--json]

Without a transport it says what every transport has there. Needs no root.
)";

constexpr std::string_view explain_outro = R"(
Examples:
  bindwatch explain 1683
  bindwatch explain 80 443/udp --json
)";

constexpr std::string_view doctor_intro =
    R"(Says what this kernel and these privileges allow, and what to change.

Usage: bindwatch doctor [--json]

Loads and attaches every probe plan for a moment. Says more as root.
Exit status: 0 a plan works; 3 or 4 as bindwatch would end here.
)";

constexpr std::string_view filters_title =
    "Filters (values of one flag are alternatives, different flags all have to match;\n"
    "a comma or the flag once more adds a value)";

constexpr std::size_t help_column = 33;

void append_row(std::string& out, const std::string& names, std::string_view help) {
    fmt::format_to(std::back_inserter(out), "{:<{}}{}\n", names, help_column, help);
}

template <typename Target>
void append_flag(std::string& out, const Flag<Target>& flag) {
    std::string names = flag.letter == 0 ? "      --" : fmt::format("  -{}, --", flag.letter);
    names += flag.name;
    if (!flag.value.empty()) {
        names.append(" ").append(flag.value);
    }
    append_row(out, names, flag.help);
}

template <typename Target>
void append_section(std::string& out, std::string_view title, Section section,
                    std::span<const Flag<Target>> flags) {
    out.append("\n").append(title).append(":\n");
    for (const auto& flag : flags) {
        if (flag.section == section) {
            append_flag(out, flag);
        }
    }
}

void append_help_flags(std::string& out) {
    out += "\nHelp:\n";
    append_row(out, "  -h, --help", "this text; after a command, that of the command");
    append_row(out, "  -V, --version", "version, commit, libbpf, age of the registry");
}

} // namespace

std::string follow_help() {
    std::string out(follow_intro);
    append_section(out, filters_title, Section::filters, follow_flags());
    append_section(out, "Output", Section::output, follow_flags());
    append_section(out, "End", Section::ending, follow_flags());
    append_section(out, "Engine", Section::engine, follow_flags());
    append_help_flags(out);
    return out.append(follow_outro);
}

std::string list_help() {
    std::string out(list_intro);
    append_section(out, filters_title, Section::filters, list_flags());
    append_section(out, "Output", Section::output, list_flags());
    append_section(out, "Engine", Section::engine, list_flags());
    append_help_flags(out);
    return out.append(list_outro);
}

std::string who_help() {
    std::string out(who_intro);
    append_section(out, "Output", Section::output, who_flags());
    append_section(out, "End", Section::ending, who_flags());
    append_help_flags(out);
    return out.append(who_outro);
}

std::string run_help() {
    std::string out(run_intro);
    append_section(out, filters_title, Section::filters, run_flags());
    append_section(out, "Output", Section::output, run_flags());
    append_section(out, "End", Section::ending, run_flags());
    append_section(out, "Engine", Section::engine, run_flags());
    append_help_flags(out);
    return out.append(run_outro);
}

std::string top_help() {
    std::string out(top_intro);
    append_section(out, filters_title, Section::filters, top_flags());
    append_section(out, "Output", Section::output, top_flags());
    append_section(out, "Engine", Section::engine, top_flags());
    append_help_flags(out);
    return out.append(top_outro);
}

std::string explain_help() {
    std::string out(explain_intro);
    append_section(out, "Output", Section::output, explain_flags());
    append_help_flags(out);
    return out.append(explain_outro);
}

std::string doctor_help() {
    std::string out(doctor_intro);
    append_section(out, "Output", Section::output, doctor_flags());
    append_help_flags(out);
    return out;
}

std::string version_text(std::string_view libbpf_version) {
    return fmt::format("bindwatch {}\ncommit {}\nlibbpf {}\nport registry {}\n", BINDWATCH_VERSION,
                       BINDWATCH_GIT_COMMIT, libbpf_version, ports::registry_date());
}

} // namespace bindwatch
