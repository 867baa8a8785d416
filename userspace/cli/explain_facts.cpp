// SPDX-License-Identifier: Apache-2.0
#include "cli/explain_facts.hpp"

#include <bindwatch/names.hpp>

#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace bindwatch::explain {
namespace {

bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// "SAP_2" -> "SAP": IANA tells people of one name apart by a number.
std::string person(std::string_view id) {
    const std::size_t mark = id.rfind('_');
    if (mark != std::string_view::npos && mark > 0 && mark + 1 < id.size() &&
        std::ranges::all_of(id.substr(mark + 1), is_digit)) {
        id = id.substr(0, mark);
    }
    std::string name(id);
    std::ranges::replace(name, '_', ' ');
    return name;
}

std::vector<Answer> answers_to(const PortQuery& query) {
    std::vector<Answer> answers;
    const auto add = [&](std::uint16_t protocol) {
        if (auto details = ports::details(query.port, protocol)) {
            answers.push_back({.protocol = protocol, .details = std::move(*details)});
        }
    };
    if (query.protocol) {
        add(*query.protocol);
    } else {
        std::ranges::for_each(ports::registry_protocols, add);
    }
    return answers;
}

} // namespace

Explanation explain(const PortQuery& query) {
    const std::string port = std::to_string(query.port);
    Explanation result;
    result.asked = query;
    result.query = query.protocol ? fmt::format("{}/{}", query.port, transport_label(*query.protocol)) : port;
    result.answers = answers_to(query);
    result.meaning = meaning_of(query, result.answers);
    if (result.answers.empty()) {
        return result;
    }
    result.commands = commands_for(query);
    result.links = {
        {.url = fmt::format("https://isc.sans.edu/data/port/{}", port),
         .shows = "who probes it, how much, since when"},
        {.url = fmt::format("https://www.iana.org/assignments/service-names-port-numbers?search={}", port),
         .shows = "the registry today"},
    };
    return result;
}

std::string transport_label(std::uint16_t protocol) {
    return protocol == IPPROTO_DCCP ? "dccp" : transport_name(protocol, Family::ipv4);
}

std::vector<std::string> unbracket(std::string_view field) {
    std::vector<std::string> items;
    while (!field.empty()) {
        const std::size_t begin = field.find('[');
        const std::size_t end = field.find(']', begin);
        if (begin == std::string_view::npos || end == std::string_view::npos) {
            items.emplace_back(field);
            break;
        }
        const std::string_view item = field.substr(begin + 1, end - begin - 1);
        if (!std::ranges::all_of(item, is_digit)) {
            items.push_back(person(item));
        }
        field.remove_prefix(end + 1);
    }
    return items;
}

std::string_view range_of(Tier tier) {
    switch (tier) {
    case Tier::system: return "0-1023";
    case Tier::user: return "1024-49151";
    case Tier::dynamic: return "49152-65535";
    }
    std::unreachable();
}

std::string_view registry_status_name(ports::RegistryStatus status) {
    switch (status) {
    case ports::RegistryStatus::assigned: return "assigned";
    case ports::RegistryStatus::unassigned: return "unassigned";
    case ports::RegistryStatus::reserved: return "reserved";
    case ports::RegistryStatus::withdrawn: return "withdrawn";
    case ports::RegistryStatus::absent: return "absent";
    case ports::RegistryStatus::dynamic: return "dynamic";
    }
    std::unreachable();
}

} // namespace bindwatch::explain
