// SPDX-License-Identifier: Apache-2.0
#include "cli/explain.hpp"
#include "cli/explain_facts.hpp"

#include <bindwatch/names.hpp>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace bindwatch {
namespace {

using Buffer = rapidjson::StringBuffer;
using Writer = rapidjson::Writer<Buffer>;

void value(Writer& json, std::string_view text) {
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void key(Writer& json, std::string_view name) {
    json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}

/// An empty text is not known: null.
void member(Writer& json, std::string_view name, std::string_view text) {
    key(json, name);
    if (text.empty()) {
        json.Null();
    } else {
        value(json, text);
    }
}

void member(Writer& json, std::string_view name, const std::vector<std::string>& texts) {
    key(json, name);
    json.StartArray();
    for (const auto& text : texts) {
        value(json, text);
    }
    json.EndArray();
}

void append_row(Writer& json, const ports::RegistryRow& row) {
    json.StartObject();
    member(json, "service", row.service);
    member(json, "description", row.description);
    key(json, "first_port");
    json.Uint(row.first_port);
    key(json, "last_port");
    json.Uint(row.last_port);
    member(json, "assignees", explain::unbracket(row.assignee));
    member(json, "contacts", explain::unbracket(row.contact));
    member(json, "registered", row.registered);
    member(json, "modified", row.modified);
    member(json, "references", explain::unbracket(row.reference));
    member(json, "service_code", row.service_code);
    member(json, "unauthorized_use", row.unauthorized_use);
    member(json, "notes", row.notes);
    key(json, "alias");
    json.Bool(row.alias);
    json.EndObject();
}

void append_answer(Writer& json, const explain::Answer& answer) {
    const auto& [info, registry_status, reason, source, rows] = answer.details;
    json.StartObject();
    member(json, "transport", explain::transport_label(answer.protocol));
    member(json, "tier", name_of(info.tier));
    member(json, "status", name_of(info.status));
    member(json, "service", info.service);
    member(json, "description", info.description);
    member(json, "listed_as", info.listed_as);
    member(json, "note", info.note);
    member(json, "registry_status", explain::registry_status_name(registry_status));
    key(json, "override");
    if (reason.empty()) {
        json.Null();
    } else {
        json.StartObject();
        member(json, "reason", reason);
        member(json, "source", source);
        json.EndObject();
    }
    key(json, "rows");
    json.StartArray();
    for (const auto& row : rows) {
        append_row(json, row);
    }
    json.EndArray();
    json.EndObject();
}

void append_explanation(Writer& json, const explain::Explanation& it) {
    json.StartObject();
    member(json, "schema", "bindwatch-explain/1");
    member(json, "query", it.query);
    key(json, "port");
    json.Uint(it.asked.port);
    member(json, "registry_date", ports::registry_date());
    key(json, "transports");
    json.StartArray();
    for (const auto& answer : it.answers) {
        append_answer(json, answer);
    }
    json.EndArray();
    member(json, "meaning", it.meaning);
    key(json, "commands");
    json.StartArray();
    for (const auto& command : it.commands) {
        json.StartObject();
        member(json, "platform", command.platform);
        member(json, "command", command.command);
        member(json, "shows", command.shows);
        json.EndObject();
    }
    json.EndArray();
    key(json, "links");
    json.StartArray();
    for (const auto& link : it.links) {
        json.StartObject();
        member(json, "url", link.url);
        member(json, "shows", link.shows);
        json.EndObject();
    }
    json.EndArray();
    json.EndObject();
}

} // namespace

std::string explain_json(const ExplainConfig& config) {
    std::string out;
    for (const auto& query : config.queries) {
        Buffer buffer;
        Writer json(buffer);
        append_explanation(json, explain::explain(query));
        out.append(buffer.GetString(), buffer.GetSize()).append("\n");
    }
    return out;
}

} // namespace bindwatch
