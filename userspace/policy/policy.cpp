// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.hpp"

#include <bindwatch/names.hpp>

#include <optional>
#include <string>
#include <utility>

namespace bindwatch {

namespace {

struct Rule {
    std::string_view name;
    Severity severity = Severity::warning;
    std::string reason;
};

std::optional<Rule> rule_for(const PortInfo& port) {
    switch (port.status) {
    case Status::assigned: return std::nullopt;
    case Status::unassigned: {
        std::string reason = ", which IANA has not assigned";
        if (!port.listed_as.empty()) {
            reason.append(" (databases list it as ").append(port.listed_as).append(")");
        }
        return Rule{"unassigned-port", Severity::warning, reason + ": something put it there deliberately"};
    }
    case Status::reserved:
        return Rule{"reserved-port", Severity::warning, ", which IANA holds back from every service"};
    case Status::dynamic:
        return Rule{
            "dynamic-port", Severity::notice,
            " by number: a dynamic port cannot be counted on and names no service (RFC 6335 section 8.1.2)"};
    }
    std::unreachable();
}

std::string claimant(const Event& event) {
    if (!event.process) {
        return "the kernel";
    }
    return event.process->comm + '[' + std::to_string(event.process->pid) + ']';
}

void raise(Event& event, const Rule& rule) {
    std::string message = claimant(event);
    message.append(" claimed ").append(std::to_string(event.port.value_or(0))).append("/");
    message.append(transport_name(event.protocol, event.family)).append(rule.reason);
    event.alerts.push_back({rule.name, rule.severity, std::move(message)});
}

} // namespace

void judge(Event& event) {
    if (event.kind != EventKind::bind || event.failed() || event.implicit || !event.iana || !event.port) {
        return;
    }
    if (event.found ? !event.found->asked : event.requested_port.value_or(0) == 0) {
        return;
    }
    if (const auto rule = rule_for(*event.iana)) {
        raise(event, *rule);
    }
    if (event.socket.ephemeral) {
        raise(event,
              {ephemeral_range_rule, Severity::notice,
               ", a port that the kernel gives to outgoing connections (ip_local_port_range): one of "
               "them can have it when the program starts again; ip_local_reserved_ports keeps it free"});
    }
}

} // namespace bindwatch
