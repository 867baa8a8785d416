// SPDX-License-Identifier: Apache-2.0
#include "sinks/json_format.hpp"

#include <bindwatch/names.hpp>

namespace bindwatch {
namespace {

void write_socket(JsonWriter& json, const Socket& socket) {
    json.StartObject();
    json.key<"cookie">().value_or_null(socket.cookie == 0 ? std::nullopt : std::optional(socket.cookie));
    json.key<"netns">().value(socket.netns);
    json.key<"type">().word(socket_type_name(socket.type));
    json.key<"reuse_addr">().value(socket.reuse_addr);
    json.key<"reuse_port">().value(socket.reuse_port);
    json.key<"v6only">().value_or_null(socket.v6only);
    json.key<"freebind">().value(socket.freebind);
    json.key<"transparent">().value(socket.transparent);
    json.key<"ifindex">().value(socket.ifindex);
    json.key<"backlog">().value_or_null(socket.backlog);
    json.key<"kernel">().value(socket.kernel);
    json.EndObject();
}

void write_cgroup(JsonWriter& json, const std::optional<Cgroup>& cgroup) {
    if (!cgroup) {
        json.null();
        return;
    }
    json.StartObject();
    json.key<"id">().value(cgroup->id);
    json.key<"path">().value(cgroup->path);
    json.EndObject();
}

void write_container(JsonWriter& json, const std::optional<Container>& container) {
    if (!container) {
        json.null();
        return;
    }
    json.StartObject();
    json.key<"id">().value(container->id);
    json.key<"runtime">().value(container->runtime);
    json.key<"name">().value_or_null(container->name);
    json.key<"pod_uid">().value_or_null(container->pod_uid);
    json.key<"pod">().value_or_null(container->pod);
    json.key<"namespace">().value_or_null(container->pod_namespace);
    json.EndObject();
}

void write_iana(JsonWriter& json, const std::optional<PortInfo>& iana) {
    if (!iana) {
        json.null();
        return;
    }
    json.StartObject();
    json.key<"tier">().word(name_of(iana->tier));
    json.key<"status">().word(name_of(iana->status));
    json.key<"service">().text_or_null(iana->service);
    json.key<"description">().text_or_null(iana->description);
    json.key<"listed_as">().text_or_null(iana->listed_as);
    json.key<"note">().text_or_null(iana->note);
    json.EndObject();
}

void write_error(JsonWriter& json, std::uint32_t error) {
    if (error == 0) {
        json.null();
        return;
    }
    json.StartObject();
    json.key<"errno">().value(error);
    json.key<"name">().word(errno_name(error));
    json.key<"message">().value(errno_message(error));
    json.EndObject();
}

void write_alerts(JsonWriter& json, const std::vector<Alert>& alerts) {
    json.StartArray();
    for (const Alert& alert : alerts) {
        json.StartObject();
        json.key<"rule">().word(alert.rule);
        json.key<"severity">().word(name_of(alert.severity));
        json.key<"message">().value(alert.message);
        json.EndObject();
    }
    json.EndArray();
}

void write_holders(JsonWriter& json, UtcTime& time, const std::vector<Holder>& holders) {
    json.StartArray();
    for (const Holder& holder : holders) {
        json.StartObject();
        json.key<"pid">().value_or_null(holder.pid);
        json.key<"comm">().value_or_null(holder.comm);
        json.key<"exe">().value_or_null(holder.exe);
        json.key<"user">().value_or_null(holder.user);
        json.key<"container">();
        write_container(json, holder.container);
        json.key<"address">().word(to_string(holder.address));
        json.key<"port">().value(holder.port);
        json.key<"state">().word(name_of(holder.state));
        json.key<"cookie">().value_or_null(holder.cookie == 0 ? std::nullopt : std::optional(holder.cookie));
        json.key<"since">();
        if (holder.since_ns) {
            json.word(time.format(*holder.since_ns));
        } else {
            json.null();
        }
        json.EndObject();
    }
    json.EndArray();
}

void write_sharers(JsonWriter& json, UtcTime& time, const std::vector<Sharer>& sharers) {
    json.StartArray();
    for (const Sharer& sharer : sharers) {
        json.StartObject();
        json.key<"pid">().value(sharer.pid);
        json.key<"comm">().value(sharer.comm);
        json.key<"uid">().value(sharer.uid);
        json.key<"start_time">().word(time.format(sharer.start_time_ns));
        json.key<"fds">();
        json.StartArray();
        for (const std::uint32_t fd : sharer.fds) {
            json.value(fd);
        }
        json.EndArray();
        json.key<"ancestor">().value_or_null(sharer.ancestor);
        json.key<"activated">().value_or_null(sharer.activated);
        json.EndObject();
    }
    json.EndArray();
}

void write_maker(JsonWriter& json, const Found& found) {
    if (!found.maker) {
        json.null();
        return;
    }
    const Sharer* const process = found.maker_process();
    json.StartObject();
    json.key<"uid">().value(found.maker->uid);
    json.key<"user">().value_or_null(found.maker->user);
    json.key<"pid">().value_or_null(process == nullptr ? std::nullopt : std::optional(process->pid));
    json.EndObject();
}

void write_found(JsonWriter& json, UtcTime& time, const Found& found) {
    json.StartObject();
    json.key<"state">().word(name_of(found.state));
    json.key<"asked">().value(found.asked);
    json.key<"peer">();
    if (found.peer && found.peer_port) {
        json.StartObject();
        json.key<"address">().word(to_string(*found.peer));
        json.key<"port">().value(*found.peer_port);
        json.EndObject();
    } else {
        json.null();
    }
    json.key<"sharers">();
    write_sharers(json, time, found.sharers);
    json.key<"maker">();
    write_maker(json, found);
    json.key<"not_before">();
    if (const auto bound = found.not_before_ns()) {
        json.word(time.format(*bound));
    } else {
        json.null();
    }
    json.key<"unheld">().text_or_null(found.unheld ? name_of(*found.unheld) : std::string_view());
    json.EndObject();
}

std::string json_text(std::string_view text) {
    LineBuffer line;
    JsonWriter json(line);
    json.text_or_null(text);
    return std::string(line.view());
}

} // namespace

JsonFormatter::JsonFormatter(std::string_view host, std::string_view boot_id)
    : json_(line_), host_(json_text(host)), boot_id_(json_text(boot_id)) {}

void JsonFormatter::begin(StreamPosition at, std::int64_t time_ns, std::string_view event) {
    line_.clear();
    json_.Reset(line_);
    json_.StartObject();
    json_.key<"schema">().word("bindwatch/1");
    json_.key<"seq">().value(at.seq);
    json_.key<"time">().word(time_.format(time_ns));
    json_.key<"host">().raw(host_, rapidjson::kStringType);
    json_.key<"boot_id">().raw(boot_id_, rapidjson::kStringType);
    json_.key<"event">().word(event);
}

void JsonFormatter::end(std::string& out) {
    json_.EndObject();
    line_.Put('\n');
    out.append(line_.view());
}

void JsonFormatter::write_claim(const Event& event) {
    json_.key<"outcome">().word(event.failed() ? "failure" : "success");
    json_.key<"origin">().word(name_of(event.origin));
    json_.key<"implicit">().value(event.implicit);
    json_.key<"transport">().word(transport_name(event.protocol, event.family));
    json_.key<"family">().word(name_of(event.family));
    json_.key<"address">();
    if (event.address) {
        write_address(*event.address);
    } else {
        json_.null();
    }
    json_.key<"port">().value_or_null(event.port);
    json_.key<"requested_port">().value_or_null(event.requested_port);
    json_.key<"scope">();
    if (event.address) {
        json_.word(name_of(scope_of(*event.address)));
    } else {
        json_.null();
    }
}

void JsonFormatter::write_address(const Address& address) {
    if (address_ != address) {
        address_text_ = to_string(address);
        address_ = address;
    }
    json_.word(address_text_);
}

void JsonFormatter::write_process(const Process& process) {
    KnownProcess& known =
        processes_[process.pid % processes_.size()]; // NOLINT(*-constant-array-index): in range
    if (!known.json.empty() && known.process == process) {
        json_.raw(known.json, rapidjson::kObjectType);
        return;
    }
    const std::size_t colon = line_.view().size();
    write_process_members(process);
    known.json = line_.view().substr(colon + 1);
    known.process = process;
}

void JsonFormatter::write_process_members(const Process& process) {
    json_.StartObject();
    json_.key<"pid">().value(process.pid);
    json_.key<"tid">();
    if (process.tid != 0) {
        json_.value(process.tid);
    } else {
        json_.null();
    }
    json_.key<"ns_pid">().value_or_null(process.ns_pid);
    json_.key<"ppid">().value_or_null(process.ppid);
    json_.key<"comm">().value(process.comm);
    json_.key<"exe">().value_or_null(process.exe);
    json_.key<"args">();
    if (process.args) {
        json_.StartArray();
        for (const std::string& arg : *process.args) {
            json_.value(arg);
        }
        json_.EndArray();
    } else {
        json_.null();
    }
    json_.key<"args_truncated">().value(process.args_truncated);
    json_.key<"uid">().value_or_null(process.uid);
    json_.key<"gid">().value_or_null(process.gid);
    json_.key<"user">().value_or_null(process.user);
    json_.key<"start_time">();
    if (process.start_time_ns != 0) {
        json_.word(start_time_.format(process.start_time_ns));
    } else {
        json_.null();
    }
    json_.key<"pidns">().value_or_null(process.pidns);
    json_.key<"ancestors">();
    json_.StartArray();
    for (const Ancestor& ancestor : process.ancestors) {
        json_.StartObject();
        json_.key<"pid">().value(ancestor.pid);
        json_.key<"comm">().value(ancestor.comm);
        json_.EndObject();
    }
    json_.EndArray();
    json_.EndObject();
}

void JsonFormatter::append(std::string& out, StreamPosition at, const Event& event) {
    begin(at, event.time_ns, name_of(event.kind));
    write_claim(event);
    json_.key<"socket">();
    write_socket(json_, event.socket);
    json_.key<"process">();
    if (event.process) {
        write_process(*event.process);
    } else {
        json_.null();
    }
    json_.key<"cgroup">();
    write_cgroup(json_, event.cgroup);
    json_.key<"container">();
    write_container(json_, event.container);
    json_.key<"iana">();
    write_iana(json_, event.iana);
    json_.key<"error">();
    write_error(json_, event.error);
    json_.key<"holders">();
    write_holders(json_, start_time_, event.holders);
    json_.key<"held_ns">().value_or_null(event.held_ns);
    json_.key<"alerts">();
    write_alerts(json_, event.alerts);
    if (!event.reason.empty()) {
        json_.key<"reason">().value(event.reason);
    }
    if (event.found) {
        json_.key<"found">();
        write_found(json_, start_time_, *event.found);
    }
    end(out);
}

void JsonFormatter::append(std::string& out, StreamPosition at, const StartRecord& record) {
    begin(at, record.time_ns, "start");
    json_.key<"version">().value(record.version);
    json_.key<"plan">().value(record.plan);
    json_.key<"filters">().raw(record.filters_json.empty() ? "{}" : record.filters_json,
                               rapidjson::kObjectType);
    end(out);
}

void JsonFormatter::append(std::string& out, StreamPosition at, const LostRecord& record) {
    begin(at, record.time_ns, "lost");
    json_.key<"count">().value(record.count);
    json_.key<"since">().word(start_time_.format(record.since_ns));
    json_.key<"cpu">().value_or_null(record.cpu);
    json_.key<"bind">().value(record.bind);
    json_.key<"listen">().value(record.listen);
    json_.key<"release">().value(record.release);
    json_.key<"untracked">().value(record.untracked);
    end(out);
}

void JsonFormatter::append(std::string& out, StreamPosition at, const StopRecord& record) {
    begin(at, record.time_ns, "stop");
    json_.key<"events">().value(record.events);
    json_.key<"lost">().value(record.lost);
    json_.key<"alerts">().value(record.alerts);
    json_.key<"duration_ns">().value(record.duration_ns);
    end(out);
}

} // namespace bindwatch
