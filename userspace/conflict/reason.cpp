// SPDX-License-Identifier: Apache-2.0
#include "conflict/reason.hpp"

#include "inventory/inventory.hpp"
#include "inventory/next_step.hpp"
#include "sinks/printable.hpp"
#include "sinks/text_words.hpp"

#include <bindwatch/names.hpp>

#include <fmt/format.h>
#include <sys/socket.h>

#include <optional>
#include <string_view>

namespace bindwatch {
namespace {

std::string name_of_process(const Process& process) {
    return fmt::format("{}[{}]", printable(process.comm), process.pid);
}

std::string place_of(const Event& event) {
    const std::string address = to_string(address_of(event));
    return event.family == Family::ipv6 ? fmt::format("[{}]:{}", address, port_of(event))
                                        : fmt::format("{}:{}", address, port_of(event));
}

bool is_any(const Event& event) {
    return scope_of(address_of(event)) == Scope::any;
}

std::string_view verb_of(const Event& event) {
    switch (found_of(event).state) {
    case SocketState::listen: return "listens on";
    case SocketState::bound: return "is bound to";
    default: return "has a connection from";
    }
}

std::string to_free_it(const Event& holder) {
    const std::string command = command_to_stop(holder);
    return command.empty() ? "" : fmt::format("; to free the port: {}", command);
}

/// What nobody has.
std::string of_nobody(const Event& holder, std::uint32_t port) {
    switch (found_of(holder).unheld.value_or(Unheld::orphan)) {
    case Unheld::kernel:
        return fmt::format(
            "the kernel itself has {} (a tunnel, a file server, …): take that away, or use another port",
            port);
    case Unheld::in_flight:
        return fmt::format("a socket on {} is on its way between two processes, or known to io_uring alone: "
                           "it is freed when "
                           "they end",
                           place_of(holder));
    case Unheld::not_accepted:
        return fmt::format("a connection on {} waits for its server to accept it", place_of(holder));
    case Unheld::orphan: break;
    }
    if (found_of(holder).state == SocketState::bound || found_of(holder).state == SocketState::listen) {
        return fmt::format("a socket on {} was just being closed: try again", place_of(holder));
    }
    return fmt::format("a connection on {} was closed and the kernel keeps its end ({}) for a minute: wait, "
                       "or set SO_REUSEADDR "
                       "before bind",
                       place_of(holder), name_of(found_of(holder).state));
}

std::string of_connection(const Event& holder, const Process& process) {
    const std::optional<Address>& other_side = found_of(holder).peer;
    const std::string peer = other_side ? fmt::format(" to {}", to_string(*other_side)) : "";
    return fmt::format("a connection of {}{} has the port: the kernel took it from the ephemeral range "
                       "(net.ipv4.ip_local_port_range); use a port outside of it, or keep this one free with "
                       "net.ipv4.ip_local_reserved_ports={}",
                       name_of_process(process), peer, port_of(holder));
}

/// Why the two cannot share the port although one of them meant to; empty: neither did.
std::string of_sharing(const Event& failed, const Event& holder) {
    if (failed.socket.reuse_port && holder.socket.reuse_port) {
        return fmt::format(
            ", both with SO_REUSEPORT but as different users ({} and {}), and the kernel shares a port only "
            "within one user",
            text::user(failed.process), text::user(holder.process));
    }
    if (holder.socket.reuse_port) {
        return " and would share it (SO_REUSEPORT), which this socket has not set";
    }
    if (failed.socket.reuse_port) {
        return " and has not set SO_REUSEPORT, which both must have";
    }
    return {};
}

/// Why the addresses overlap although they differ; empty: they do not differ.
std::string of_addresses(const Event& failed, const Event& holder) {
    if (failed.family == Family::ipv4 && holder.family == Family::ipv6 && is_any(holder)) {
        return ", which takes IPv4 as well (IPV6_V6ONLY is not set there)";
    }
    if (failed.family == Family::ipv6 && holder.family == Family::ipv4 && is_any(failed)) {
        return ", and [::] means every IPv4 address too unless IPV6_V6ONLY is set";
    }
    if (is_any(holder) && !is_any(failed)) {
        return ", which is every address of the machine";
    }
    if (is_any(failed) && !is_any(holder)) {
        return fmt::format(", and {} means every address, this one too", to_string(address_of(failed)));
    }
    return {};
}

} // namespace

std::string reason(const Event& failed, const Event& holder) {
    if (!holder.process) {
        return of_nobody(holder, port_of(holder));
    }
    const SocketState state = found_of(holder).state;
    if (state != SocketState::listen && state != SocketState::bound && !found_of(holder).asked) {
        return of_connection(holder, *holder.process);
    }
    const bool itself = failed.process && failed.process->pid == holder.process->pid;
    std::string sentence =
        itself
            ? fmt::format("this process itself {} {} with another socket", verb_of(holder), place_of(holder))
            : fmt::format("{} {} {}", name_of_process(*holder.process), verb_of(holder), place_of(holder));
    sentence += of_addresses(failed, holder);
    sentence += of_sharing(failed, holder);
    if (state == SocketState::bound && failed.socket.type == SOCK_STREAM && !itself) {
        sentence += " without listening";
    }
    if (const std::size_t sharers = found_of(holder).sharers.size(); sharers > 1) {
        sentence +=
            fmt::format(", as {} other {}", sharers - 1, sharers == 2 ? "process does" : "processes do");
    }
    return itself ? sentence : sentence + to_free_it(holder);
}

std::string reason_without_holder(const Event& failed, const Event* other) {
    if (other != nullptr && other->socket.netns != failed.socket.netns && other->process) {
        return fmt::format("whatever had it has let go since; {} has the same port in another network "
                           "namespace, where it is in "
                           "nobody's way here",
                           name_of_process(*other->process));
    }
    return "whatever had it has let go since: try again";
}

} // namespace bindwatch
