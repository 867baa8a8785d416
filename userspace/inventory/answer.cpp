// SPDX-License-Identifier: Apache-2.0
#include "inventory/answer.hpp"

#include "inventory/lineage.hpp"
#include "inventory/next_step.hpp"
#include "sinks/printable.hpp"
#include "sinks/style.hpp"
#include "sinks/text_words.hpp"

#include <bindwatch/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

namespace bindwatch {
namespace {

constexpr std::size_t label_width = 13; // two spaces, the longest label, a space
constexpr std::size_t named_sharers = 16;
constexpr std::uint64_t day_ns = 86'400'000'000'000;

/// A claim, not a connection that has its port from elsewhere.
bool is_claim(const Event& event) {
    const Found& found = found_of(event);
    return found.state == SocketState::listen || found.state == SocketState::bound ||
           (found.asked && event.process);
}

std::string named(std::string_view comm, std::uint32_t pid) {
    return fmt::format("{}[{}]", printable(comm), pid);
}

std::string holder_of(const Event& event) {
    if (event.process) {
        return named(event.process->comm, event.process->pid);
    }
    switch (found_of(event).unheld.value_or(Unheld::orphan)) {
    case Unheld::kernel: return "the kernel itself";
    case Unheld::in_flight:
        return "a socket on its way between processes (SCM_RIGHTS), or of io_uring alone,";
    case Unheld::not_accepted: return "a connection that its server has not accepted yet";
    case Unheld::orphan: return "a socket that its process has closed";
    }
    return {};
}

std::string_view verb_of(const Event& event) {
    switch (found_of(event).state) {
    case SocketState::listen: return "listens on";
    case SocketState::bound: return "is bound to";
    default: return "has a connection from";
    }
}

class Block {
  public:
    Block(std::string& out, const AnswerOptions& options) : out_(out), options_(options) {}

    void title(const Event& event) {
        append_styled(out_, text::port_and_transport(event), Style::bold, options_.color);
        out_ += ": ";
        append_styled(out_, holder_of(event), Style::bold, options_.color);
        out_ += fmt::format(" {} {}\n", verb_of(event), text::address(event));
    }
    void line(std::string_view label, std::string_view value) {
        if (value.empty()) {
            return;
        }
        const bool fits = options_.width == 0 || options_.width <= label_width + 1;
        out_ += fmt::format("  {:<{}}", label, label_width - 2);
        out_ += fits ? std::string(value) : shortened(value, options_.width - label_width);
        out_ += '\n';
    }

  private:
    std::string& out_;
    const AnswerOptions& options_;
};

/// "08:10:31 or later (at most 12 s ago)"; of another day the time says little.
std::string at_most(std::int64_t time_ns, const AnswerOptions& options) {
    const auto age_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(options.now_ns - time_ns, 0));
    if (age_ns >= day_ns) {
        return fmt::format("at most {} ago", text::duration(age_ns));
    }
    TimeOfDay time(options.clock);
    return fmt::format("{} or later (at most {} ago)",
                       time.format(time_ns).substr(0, std::string_view("08:10:31").size()),
                       text::duration(age_ns));
}

/// A bound, and what makes it one: when a socket was bound is not kept anywhere.
std::string since_of(const Event& event, const AnswerOptions& options) {
    const Found& found = found_of(event);
    if (const Sharer* const maker = found.maker_process()) {
        return fmt::format("{}: when {} started, which made the socket",
                           at_most(maker->start_time_ns, options), named(maker->comm, maker->pid));
    }
    if (found.sharers.empty() || found.sharers.front().start_time_ns > options.now_ns) {
        return {};
    }
    return fmt::format(
        "not known, it was there before; {} process started {} ago",
        found.sharers.size() == 1 ? "its" : "the oldest",
        text::duration(static_cast<std::uint64_t>(options.now_ns - found.sharers.front().start_time_ns)));
}

std::string user_name(std::uint32_t uid, const std::optional<std::string>& name) {
    return name ? fmt::format("{} ({})", printable(*name), uid) : std::to_string(uid);
}

/// Empty: by the process that has it, as everybody expects.
std::string maker_of(const Event& event) {
    const Found& found = found_of(event);
    if (!found.maker) {
        return {};
    }
    const Sharer* const process = found.maker_process();
    const std::string user = user_name(found.maker->uid, found.maker->user);
    if (process == nullptr) {
        const std::string oldest =
            found.sharers.empty()
                ? std::string()
                : fmt::format("; perhaps {}", named(found.sharers.front().comm, found.sharers.front().pid));
        return fmt::format("user {}, in a process that has gone or has changed since (exec, setuid){}", user,
                           oldest);
    }
    const bool expected = event.process && event.process->pid == process->pid &&
                          event.process->uid == found.maker->uid && found.sharers.size() == 1;
    return expected ? std::string() : fmt::format("{}, user {}", named(process->comm, process->pid), user);
}

std::string ancestors_of(const Process& process) {
    std::string chain;
    for (const Ancestor& ancestor : process.ancestors) {
        chain += (chain.empty() ? "" : ", by ") + named(ancestor.comm, ancestor.pid);
    }
    return chain;
}

/// A line each: "nginx[88] fd 6+7: made it".
void append_sharers(Block& block, const Found& found) {
    for (std::size_t i = 0; i < std::min(found.sharers.size(), named_sharers); ++i) {
        const Sharer& sharer = found.sharers[i];
        const std::string lineage = lineage_of(found, sharer);
        block.line(i == 0 ? "shared by" : "",
                   fmt::format("{} fd {}: {}", named(sharer.comm, sharer.pid), fmt::join(sharer.fds, "+"),
                               lineage.empty() ? "how it came by the socket is not known" : lineage));
    }
    if (found.sharers.size() > named_sharers) {
        block.line("",
                   fmt::format("and {} more: list --tree shows them", found.sharers.size() - named_sharers));
    }
}

std::string user_of(const Event& event) {
    return event.process && event.process->uid ? user_name(*event.process->uid, event.process->user)
                                               : std::string();
}

std::string port_meaning(const Event& event) {
    const auto meaning = text::meaning(event).subject;
    return event.iana && event.iana->status == Status::assigned && !event.iana->description.empty()
               ? fmt::format("{}: {}", meaning, printable(event.iana->description))
               : meaning;
}

std::string unit_name(const Event& event) {
    const auto unit = event.cgroup ? unit_of(event.cgroup->path) : std::nullopt;
    return unit ? printable(unit->name) + (unit->user ? " (of a user)" : "") : std::string();
}

void append_claim(std::string& out, const Event& event, const AnswerOptions& options) {
    Block block(out, options);
    block.title(event);
    if (event.process) {
        block.line("command", text::command(*event.process));
        block.line("executable", printable(event.process->exe.value_or("")));
        block.line("user", user_of(event));
    }
    block.line("since", since_of(event, options));
    block.line("made by", maker_of(event));
    if (event.process) {
        block.line("started by", ancestors_of(*event.process));
    }
    block.line("unit", unit_name(event));
    block.line("container", event.container ? text::container(*event.container) : std::string());
    if (event.socket.netns != options.own_netns) {
        block.line("network",
                   fmt::format("namespace {}, not this one: in nobody's way here", event.socket.netns));
    }
    if (found_of(event).sharers.size() > 1 ||
        (!found_of(event).sharers.empty() && found_of(event).sharers[0].fds.size() > 1)) {
        append_sharers(block, found_of(event));
    }
    block.line("port", port_meaning(event));
    block.line("to stop it", command_to_stop(event));
}

/// Connections by who has them and in which state, for a line each.
void append_connections(std::string& out, std::span<const FoundSocket* const> connections, bool claimed) {
    std::map<std::pair<std::string, SocketState>, std::size_t> groups;
    for (const FoundSocket* socket : connections) {
        const Event& event = socket->event;
        groups[{event.process ? named(event.process->comm, event.process->pid) : std::string(),
                found_of(event).state}] += 1;
    }
    for (const auto& [group, count] : groups) {
        const auto& [who, state] = group;
        const std::string what =
            fmt::format("{} {} {}", count, name_of(state), count == 1 ? "connection" : "connections");
        if (state == SocketState::time_wait) {
            out += fmt::format(
                "{}: closed, kept by the kernel for a minute; a bind needs SO_REUSEADDR meanwhile\n", what);
        } else if (who.empty()) {
            out += fmt::format("{} that no process has\n", what);
        } else if (claimed) {
            out += fmt::format("{} of {}\n", what, who);
        } else {
            out += fmt::format("{} of {}, for which the kernel chose the port: it comes back when they end\n",
                               what, who);
        }
    }
}

} // namespace

std::string who_text(std::span<const FoundSocket> sockets, const AnswerOptions& options) {
    std::string out;
    std::vector<const FoundSocket*> connections;
    bool claimed = false;
    for (const FoundSocket& socket : sockets) {
        if (!is_claim(socket.event)) {
            connections.push_back(&socket);
            continue;
        }
        claimed = true;
        out += out.empty() ? "" : "\n";
        append_claim(out, socket.event, options);
    }
    if (!connections.empty() && !out.empty()) {
        out += '\n';
    }
    append_connections(out, connections, claimed);
    return out;
}

std::string to_string(const PortQuery& query) {
    return query.protocol ? fmt::format("{}/{}", query.port, transport_name(*query.protocol, Family::ipv4))
                          : std::to_string(query.port);
}

} // namespace bindwatch
