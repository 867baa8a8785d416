// SPDX-License-Identifier: Apache-2.0
#include "ports/registry.hpp"

#include "ports/table.hpp"

#include <netinet/in.h>

#include <span>

namespace bindwatch::ports {
namespace {

namespace table {
#include "registry_table.inc"
} // namespace table

constexpr std::uint32_t last_port = 65535;
constexpr std::uint16_t last_system_port = 1023;

std::string_view text(StringRef ref) {
    const std::size_t offset = ref & ((1U << string_offset_bits) - 1U);
    return {&table::pool[offset], ref >> string_offset_bits};
}

/// The number of the transport's index, in the order of the generator.
std::optional<std::size_t> index_of(std::uint16_t protocol) {
    switch (protocol) {
    case IPPROTO_TCP:
    case IPPROTO_MPTCP: return 0;
    case IPPROTO_UDP:
    case IPPROTO_UDPLITE: return 1;
    case IPPROTO_SCTP: return 2;
    case IPPROTO_DCCP: return 3;
    default: return std::nullopt;
    }
}

const TableEntry& entry_of(std::uint32_t port, std::size_t index) {
    const std::uint16_t page = table::indices[index].pages[port / page_ports];
    return table::entries[table::pages[page].entries[port % page_ports]];
}

PortInfo info_of(std::uint32_t port, const TableEntry& entry) {
    return {.tier = tier_of(static_cast<std::uint16_t>(port)),
            .status = entry.status,
            .service = text(entry.service),
            .description = text(entry.description),
            .listed_as = text(entry.listed_as),
            .note = text(entry.note)};
}

constexpr PortInfo dynamic_info{.tier = Tier::dynamic,
                                .status = Status::dynamic,
                                .service = {},
                                .description = {},
                                .listed_as = {},
                                .note = {}};

RegistryRow row_of(const TableRow& row) {
    return {.first_port = row.first_port,
            .last_port = row.last_port,
            .service = text(row.service),
            .description = text(row.description),
            .assignee = text(row.assignee),
            .contact = text(row.contact),
            .registered = text(row.registered),
            .modified = text(row.modified),
            .reference = text(row.reference),
            .service_code = text(row.service_code),
            .unauthorized_use = text(row.unauthorized_use),
            .notes = text(row.notes),
            .alias = row.alias != 0};
}

} // namespace

Tier tier_of(std::uint16_t port) {
    if (port <= last_system_port) {
        return Tier::system;
    }
    return port < assignable_ports ? Tier::user : Tier::dynamic;
}

std::optional<PortInfo> classify(std::uint32_t port, std::uint16_t protocol) {
    const auto index = index_of(protocol);
    if (!index || port > last_port) {
        return std::nullopt;
    }
    return port < assignable_ports ? info_of(port, entry_of(port, *index)) : dynamic_info;
}

std::string_view registry_date() {
    return table::date;
}

std::optional<Details> details(std::uint32_t port, std::uint16_t protocol) {
    const auto index = index_of(protocol);
    if (!index || port > last_port) {
        return std::nullopt;
    }
    Details result;
    if (port >= assignable_ports) {
        result.info = dynamic_info;
        result.registry_status = RegistryStatus::dynamic;
        return result;
    }
    const TableEntry& entry = entry_of(port, *index);
    result.info = info_of(port, entry);
    result.registry_status = entry.registry_status;
    if (entry.fix != 0) {
        const TableFix& fix = table::fixes[entry.fix - 1U];
        result.override_reason = text(fix.reason);
        result.override_source = text(fix.source);
    }
    for (const std::uint16_t number : std::span(table::row_lists).subspan(entry.list, entry.rows)) {
        result.rows.push_back(row_of(table::rows[number]));
    }
    return result;
}

} // namespace bindwatch::ports
