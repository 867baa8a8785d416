// SPDX-License-Identifier: Apache-2.0
#include "sinks/text_words.hpp"

#include "sinks/printable.hpp"

#include <bindwatch/names.hpp>

#include <array>
#include <cstdio>
#include <utility>

namespace bindwatch::text {
namespace {

/// As container runtimes print it.
constexpr std::size_t short_id = 12;

std::string bracketed(std::string_view comm, std::uint32_t pid) {
    return printable(comm) + '[' + std::to_string(pid) + ']';
}

/// The rules that are on by default are about the port alone; another rule's message stands as it is.
std::string sentence_of(const Event& event, const Alert& alert) {
    const std::string port = port_and_transport(event);
    if (alert.rule == "unassigned-port") {
        return port + " is not assigned by IANA: something put it there deliberately";
    }
    if (alert.rule == "reserved-port") {
        return port + " is reserved by IANA: no service should use it";
    }
    if (alert.rule == "dynamic-port") {
        return port + " is a dynamic port: it cannot be counted on and names no service";
    }
    return printable(alert.message);
}

std::string two_units(std::uint64_t big, const char* big_unit, std::uint64_t small, const char* small_unit) {
    std::string out = std::to_string(big) + ' ' + big_unit;
    if (small != 0) {
        out.append(" ").append(std::to_string(small)).append(" ").append(small_unit);
    }
    return out;
}

} // namespace

std::string duration(std::uint64_t ns) {
    struct Unit {
        std::uint64_t ns;
        const char* name;
    };
    constexpr std::uint64_t second = 1'000'000'000;
    constexpr std::array<Unit, 3> below_a_minute{Unit{.ns = second, .name = "s"},
                                                 Unit{.ns = 1'000'000, .name = "ms"},
                                                 Unit{.ns = 1'000, .name = "µs"}};
    if (ns < 60 * second) {
        for (const Unit& unit : below_a_minute) {
            if (ns >= unit.ns) {
                const std::uint64_t tenths = ns / (unit.ns / 10);
                std::string out = std::to_string(tenths / 10);
                if (tenths < 100) {
                    out.append(".").append(std::to_string(tenths % 10));
                }
                return out.append(" ").append(unit.name);
            }
        }
        return std::to_string(ns) + " ns";
    }
    const std::uint64_t seconds = ns / second;
    const std::uint64_t minutes = seconds / 60;
    const std::uint64_t hours = minutes / 60;
    if (hours == 0) {
        return two_units(minutes, "min", seconds % 60, "s");
    }
    if (hours < 48) {
        return two_units(hours, "h", minutes % 60, "min");
    }
    return two_units(hours / 24, "d", hours % 24, "h");
}

std::string port_and_transport(const Event& event) {
    std::string out = event.port ? std::to_string(*event.port) : "?";
    return out.append("/").append(transport_name(event.protocol, event.family));
}

std::string address(const Event& event) {
    return event.address ? to_string(*event.address) : "-";
}

std::string process(const std::optional<Process>& process, std::size_t width) {
    if (!process) {
        return "kernel";
    }
    const std::string suffix = '[' + std::to_string(process->pid) + ']';
    const std::string comm = printable(process->comm);
    if (suffix.size() >= width) {
        return comm + suffix;
    }
    return shortened(comm, width - suffix.size()) + suffix;
}

std::string user(const std::optional<Process>& process) {
    if (!process) {
        return "-";
    }
    if (process->user) {
        return printable(*process->user);
    }
    return process->uid ? std::to_string(*process->uid) : "?";
}

std::string command(const Process& process) {
    if (!process.args || process.args->empty()) {
        return printable(process.exe.value_or(process.comm));
    }
    std::string out;
    for (const std::string& arg : *process.args) {
        out.append(out.empty() ? "" : " ").append(printable_argument(arg));
    }
    if (process.args_truncated) {
        out.append(" …");
    }
    return out;
}

std::string subject(const PortInfo& iana) {
    switch (iana.status) {
    case Status::assigned:
        if (!iana.service.empty()) {
            return printable(iana.service);
        }
        return iana.description.empty() ? "assigned" : printable(iana.description);
    case Status::unassigned: return "unassigned";
    case Status::reserved: return "reserved";
    case Status::dynamic: return "dynamic";
    }
    std::unreachable();
}

Style style_of(Status status) {
    switch (status) {
    case Status::assigned: return Style::plain;
    case Status::unassigned:
    case Status::reserved: return Style::yellow;
    case Status::dynamic: return Style::dim;
    }
    std::unreachable();
}

std::string failure(std::uint32_t error) {
    return "FAILED " + errno_name(error) + ": " + errno_message(error);
}

std::string container(const Container& container) {
    std::string out(container.runtime == unknown_runtime ? "Kubernetes" : printable(container.runtime));
    const std::string_view id = container.id;
    const std::string_view shown = is_generated_id(id) ? id.substr(0, short_id) : id;
    out += " container " + printable(container.name ? std::string_view(*container.name) : shown);
    if (container.pod) {
        out += " of pod " + printable(*container.pod);
    } else if (container.pod_uid) {
        out += " of pod " + printable(*container.pod_uid);
    }
    return out;
}

Meaning meaning(const Event& event) {
    Meaning out;
    if (event.kind == EventKind::bind && event.iana) {
        out.subject = out.brief = subject(*event.iana);
        if (event.iana->status != Status::assigned && !event.iana->listed_as.empty()) {
            out.subject.append(" (listed as ").append(printable(event.iana->listed_as)).append(")");
        }
    }
    if (event.held_ns) {
        out.notes.push_back("held " + duration(*event.held_ns));
    }
    if (event.kind == EventKind::bind && event.implicit) {
        out.notes.emplace_back("listen without bind");
    } else if (event.kind == EventKind::bind && event.requested_port == 0U) {
        out.notes.emplace_back("asked for any");
    }
    if (event.origin == Origin::snapshot) {
        const bool listening = event.found && event.found->state == SocketState::listen;
        out.notes.emplace_back(listening ? "listened before" : "was there before");
    }
    if (event.container) {
        out.notes.push_back(container(*event.container));
    }
    return out;
}

std::string alert_sentence(const Event& event, const Alert& alert, std::size_t command_limit) {
    std::string out = sentence_of(event, alert);
    if (event.process) {
        const std::string line = command(*event.process);
        out.append(". ").append(command_limit == 0 ? line : shortened(line, command_limit));
        if (!event.process->ancestors.empty()) {
            const Ancestor& parent = event.process->ancestors.front();
            out.append(", started by ").append(bracketed(parent.comm, parent.pid));
        }
    }
    return out;
}

} // namespace bindwatch::text
