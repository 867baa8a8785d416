// SPDX-License-Identifier: Apache-2.0
#include "filter/filters.hpp"
#include "sinks/utf8.hpp"

#include <bindwatch/names.hpp>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace bindwatch {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

/// Words of the command line may be any bytes.
void write(Writer& writer, std::string_view text) {
    std::string valid;
    append_valid_utf8(valid, text);
    writer.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

void write(Writer& writer, std::uint32_t number) {
    writer.Uint(number);
}

/// As on the command line: "1683", "8000-8999".
void write(Writer& writer, const PortRange& range) {
    std::string text = std::to_string(range.first);
    if (range.last != range.first) {
        text += '-' + std::to_string(range.last);
    }
    write(writer, text);
}

void write(Writer& writer, const TransportRef& ref) {
    write(writer, transport_name(ref.protocol, ref.vsock ? Family::vsock : Family::ipv4));
}

void write(Writer& writer, const Cidr& cidr) {
    write(writer, cidr.text);
}

void write(Writer& writer, const CgroupRef& ref) {
    writer.StartObject();
    writer.Key("id");
    writer.Uint64(ref.id);
    writer.Key("path");
    if (ref.path.empty()) {
        writer.Null();
    } else {
        write(writer, ref.path);
    }
    writer.EndObject();
}

void write(Writer& writer, Family family) {
    write(writer, name_of(family));
}
void write(Writer& writer, EventKind kind) {
    write(writer, name_of(kind));
}
void write(Writer& writer, Status status) {
    write(writer, name_of(status));
}

template <typename Value>
void member(Writer& writer, const char* key, const std::vector<Value>& values) {
    if (values.empty()) {
        return;
    }
    writer.Key(key);
    writer.StartArray();
    for (const auto& value : values) {
        write(writer, value);
    }
    writer.EndArray();
}

} // namespace

std::string to_json(const Filters& filters) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    member(writer, "port", filters.ports);
    member(writer, "exclude_port", filters.exclude_ports);
    member(writer, "proto", filters.transports);
    member(writer, "family", filters.families);
    member(writer, "address", filters.addresses);
    member(writer, "cgroup", filters.cgroups);
    member(writer, "container", filters.containers);
    if (filters.in_container) {
        writer.Key("containers");
        writer.Bool(*filters.in_container);
    }
    member(writer, "pid", filters.pids);
    member(writer, "comm", filters.comms);
    member(writer, "exclude_comm", filters.exclude_comms);
    member(writer, "exe", filters.exes);
    member(writer, "uid", filters.uids);
    member(writer, "netns", filters.netns);
    member(writer, "event", filters.events);
    if (filters.failed) {
        writer.Key("failed");
        writer.Bool(*filters.failed);
    }
    member(writer, "status", filters.statuses);
    if (filters.alerts_only) {
        writer.Key("alerts");
        writer.Bool(true);
    }
    if (filters.ephemeral_range) {
        writer.Key("rule");
        writer.StartArray();
        write(writer, ephemeral_range_rule);
        writer.EndArray();
    }
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

} // namespace bindwatch
