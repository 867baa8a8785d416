// SPDX-License-Identifier: Apache-2.0
#include "cli/explain.hpp"
#include "cli/explain_facts.hpp"
#include "cli/wrap.hpp"

#include <bindwatch/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bindwatch {
namespace {

using explain::Answer;
using explain::Explanation;
using ports::RegistryRow;
using ports::RegistryStatus;

constexpr std::size_t width = 80;
constexpr std::string_view margin = "  ";

/// ANSI codes around a word, or nothing.
class Paint {
  public:
    explicit Paint(bool on) : on_(on) {}

    [[nodiscard]] std::string bold(std::string_view text) const { return with("\033[1m", text); }
    [[nodiscard]] std::string status(Status status) const {
        switch (status) {
        case Status::assigned: return with("\033[32m", name_of(status));
        case Status::unassigned:
        case Status::reserved: return with("\033[33m", name_of(status));
        case Status::dynamic: return with("\033[36m", name_of(status));
        }
        std::unreachable();
    }

  private:
    [[nodiscard]] std::string with(std::string_view code, std::string_view text) const {
        return on_ ? fmt::format("{}{}\033[0m", code, text) : std::string(text);
    }
    bool on_;
};

/// What follows the status word in its line.
std::string after_status(const ports::Details& details) {
    const PortInfo& info = details.info;
    if (!info.listed_as.empty()) {
        return fmt::format(", but listed as {}", info.listed_as);
    }
    switch (details.registry_status) {
    case RegistryStatus::absent: return ": in no row of the registry";
    case RegistryStatus::withdrawn: return fmt::format(", withdrawn: {}", info.description);
    case RegistryStatus::dynamic: return ": never assigned, by rule";
    case RegistryStatus::assigned:
    case RegistryStatus::unassigned:
    case RegistryStatus::reserved: break;
    }
    std::string text = info.service.empty() ? "" : fmt::format(" to {}", info.service);
    return info.description.empty() ? text : fmt::format("{}: {}", text, info.description);
}

/// The small print of a row: who has it, since when, where it is specified.
std::string facts_of(const RegistryRow& row) {
    std::vector<std::string> facts;
    if (const auto references = explain::unbracket(row.reference); !references.empty()) {
        facts.push_back(fmt::format("{}", fmt::join(references, ", ")));
    }
    if (const auto assignee = explain::unbracket(row.assignee); !assignee.empty()) {
        facts.push_back(fmt::format("assignee {}", fmt::join(assignee, ", ")));
    }
    if (!row.registered.empty()) {
        facts.push_back(fmt::format("registered {}", row.registered));
    }
    if (!row.modified.empty()) {
        facts.push_back(fmt::format("modified {}", row.modified));
    }
    if (row.first_port != row.last_port) {
        facts.push_back(fmt::format("ports {}-{}", row.first_port, row.last_port));
    }
    return fmt::format("{}", fmt::join(facts, "; "));
}

/// Lines about the rows: small print, other names, and remarks that are not about DNS-SD.
std::vector<std::string> row_lines(const ports::Details& details) {
    std::vector<std::string> lines;
    if (details.rows.empty()) {
        return lines;
    }
    const RegistryRow& primary = details.rows.front();
    if (auto facts = facts_of(primary); !facts.empty()) {
        lines.push_back(std::move(facts));
    }
    for (const auto& row : details.rows) {
        if (&row != &primary) {
            lines.push_back(row.alias ? fmt::format("also {}, another name of it", row.service)
                            : row.description.empty()
                                ? fmt::format("also {}", row.service)
                                : fmt::format("also {}: {}", row.service, row.description));
        }
    }
    if (!primary.unauthorized_use.empty()) {
        lines.push_back(fmt::format("IANA: {}", primary.unauthorized_use));
    }
    if (!primary.notes.empty() && !primary.notes.starts_with("Defined TXT keys")) {
        lines.push_back(fmt::format("IANA: {}", primary.notes));
    }
    return lines;
}

/// Transports that the registry says the same of are shown once.
struct Group {
    std::string label;
    const ports::Details* details = nullptr;
    std::vector<std::string> lines;
};

std::vector<Group> grouped(const std::vector<Answer>& answers) {
    std::vector<Group> groups;
    for (const auto& answer : answers) {
        const auto& details = answer.details;
        auto lines = row_lines(details);
        const auto same = std::ranges::find_if(groups, [&](const Group& group) {
            return group.details->info.status == details.info.status &&
                   after_status(*group.details) == after_status(details) && group.lines == lines;
        });
        const std::string label = explain::transport_label(answer.protocol);
        if (same != groups.end()) {
            same->label += ", " + label;
        } else {
            groups.push_back({.label = label, .details = &details, .lines = std::move(lines)});
        }
    }
    return groups;
}

/// A head in a column of its own; painted only after wrapping, so that codes do not count as columns.
std::string padded(std::string_view label, std::size_t columns) {
    const std::size_t gap = columns - std::min(columns, columns_of(label)) + 2;
    return fmt::format("{}{}{:{}}", margin, label, "", gap);
}

void append_groups(std::string& out, const std::vector<Answer>& answers, const Paint& paint) {
    const auto groups = grouped(answers);
    const std::size_t columns = columns_of(
        std::ranges::max_element(groups, {}, [](const Group& g) { return columns_of(g.label); })->label);
    for (const auto& group : groups) {
        const std::string head = padded(group.label, columns);
        const std::string_view status = name_of(group.details->info.status);
        std::string block;
        append_wrapped(block, head, fmt::format("{}{}", status, after_status(*group.details)), width);
        block.replace(head.size(), status.size(), paint.status(group.details->info.status));
        out += block;
        for (const auto& line : group.lines) {
            append_wrapped(out, padded("", columns), line, width);
        }
    }
}

std::string_view written(std::string_view platform) {
    return platform == "linux" ? "Linux" : platform == "macos" ? "macOS" : "Windows";
}

void append_commands(std::string& out, const std::vector<explain::Command>& commands) {
    std::size_t columns = 0;
    for (const auto& command : commands) {
        columns = std::max(columns, command.command.size());
    }
    std::string_view platform;
    for (const auto& command : commands) {
        std::string line =
            padded(command.platform == platform ? std::string_view{} : written(command.platform),
                   columns_of("Windows"));
        platform = command.platform;
        line += command.command;
        if (!command.shows.empty()) {
            line.append(columns - command.command.size() + 2, ' ');
            line += command.shows;
        }
        out += line + "\n";
    }
}

void append_explanation(std::string& out, const Explanation& it, const Paint& paint) {
    out += paint.bold(fmt::format("Port {}", it.query));
    if (!it.answers.empty()) {
        const Tier tier = it.answers.front().details.info.tier;
        out += fmt::format(", {} tier ({})", name_of(tier), explain::range_of(tier));
    }
    out += "\n\n";
    if (!it.answers.empty()) {
        append_groups(out, it.answers, paint);
        out += '\n';
    }
    out += fmt::format("{}\n", paint.bold("What it means"));
    for (const auto& paragraph : it.meaning) {
        append_wrapped(out, fmt::format("{}- ", margin), paragraph, width);
    }
    if (!it.commands.empty()) {
        out += fmt::format("\n{}\n", paint.bold(it.asked.port == 0 ? "What to look at" : "Who holds it"));
        append_commands(out, it.commands);
    }
    if (!it.links.empty()) {
        out += fmt::format("\n{}\n", paint.bold("Look further"));
        for (const auto& link : it.links) {
            out += fmt::format("{}{}\n{}  {}\n", margin, link.url, margin, link.shows);
        }
        append_wrapped(out, margin,
                       "IANA's registry of " + std::string(ports::registry_date()) + " is built in.", width);
    }
}

} // namespace

std::string explain_text(const ExplainConfig& config, bool color) {
    const Paint paint(color);
    std::string out;
    for (const auto& query : config.queries) {
        out += out.empty() ? "" : "\n";
        append_explanation(out, explain::explain(query), paint);
    }
    return out;
}

} // namespace bindwatch
