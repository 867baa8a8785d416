// SPDX-License-Identifier: Apache-2.0
#include "top/detail.hpp"

#include "inventory/answer.hpp"
#include "inventory/inventory.hpp"
#include "inventory/table.hpp"
#include "sinks/printable.hpp"
#include "sinks/text_words.hpp"

#include <bindwatch/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

namespace bindwatch::top {
namespace {

constexpr std::size_t label_width = 13; // as in the answer of `who`
constexpr std::string_view to_stop = "  to stop it";

/// "2026-11-26 08:10:31.123"
std::string moment(std::int64_t ns, Clock clock) {
    const std::time_t seconds = ns / 1'000'000'000;
    std::tm parts{};
    if (clock == Clock::local) {
        static_cast<void>(::localtime_r(&seconds, &parts));
    } else {
        static_cast<void>(::gmtime_r(&seconds, &parts));
    }
    std::array<char, 32> day{};
    const std::size_t length = std::strftime(day.data(), day.size(), "%Y-%m-%d ", &parts);
    return std::string(day.data(), length).append(TimeOfDay(clock).format(ns));
}

std::string options_of(const Socket& socket) {
    std::string out;
    const auto add = [&](bool set, std::string_view name) {
        if (set) {
            out.append(out.empty() ? "" : ", ").append(name);
        }
    };
    add(socket.reuse_addr, "SO_REUSEADDR");
    add(socket.reuse_port, "SO_REUSEPORT");
    add(socket.freebind, "IP_FREEBIND");
    add(socket.transparent, "IP_TRANSPARENT");
    add(socket.v6only == true, "IPV6_V6ONLY");
    add(socket.v6only == false, "IPv4 as well (no IPV6_V6ONLY)");
    if (socket.ifindex != 0) {
        add(true, "interface " + std::to_string(socket.ifindex));
    }
    return out.empty() ? "no options" : out;
}

std::string socket_of(const Event& event, std::uint32_t own_netns) {
    const Socket& socket = event.socket;
    return fmt::format("{}, {}; {}cookie {}", socket_type_name(socket.type), options_of(socket),
                       socket.netns == own_netns ? "" : fmt::format("network namespace {}; ", socket.netns),
                       socket.cookie == 0 ? "-" : std::to_string(socket.cookie));
}

std::string ids_of(const Process& process) {
    std::string out = std::to_string(process.pid);
    if (process.ns_pid && *process.ns_pid != process.pid) {
        out += fmt::format(", {} in its namespace", *process.ns_pid);
    }
    if (process.tid != 0 && process.tid != process.pid) {
        out += fmt::format(", thread {}", process.tid);
    }
    return out;
}

std::string holder_line(const Holder& holder) {
    std::string who = holder.pid ? fmt::format("{}[{}]", printable(holder.comm.value_or("?")), *holder.pid)
                                 : std::string("no process");
    if (holder.user) {
        who += fmt::format(" of {}", printable(*holder.user));
    }
    if (holder.container) {
        who += fmt::format(" in {}", text::container(*holder.container));
    }
    return fmt::format("{}: {} port {} ({})", who, to_string(holder.address), holder.port,
                       name_of(holder.state));
}

class Page {
  public:
    Page(const View::Detail& detail, std::size_t width, const Surroundings& surroundings, std::int64_t now_ns)
        : detail_(detail), event_(detail.entry.event), width_(width), surroundings_(surroundings),
          now_ns_(now_ns) {}

    std::vector<Line> lines() {
        title();
        if (event_.failed()) {
            why();
        }
        about_the_process();
        about_the_claim();
        about_the_port();
        for (const Alert& alert : event_.alerts) {
            put(fmt::format("  ! {}: {}", printable(alert.rule), printable(alert.message)), 4, Style::yellow);
        }
        return std::move(lines_);
    }

  private:
    void put(std::string_view text, std::size_t indent, Style style = Style::plain) {
        append_wrapped(lines_, text, style, width_, indent);
    }
    void line(std::string_view label, std::string_view value) {
        if (!value.empty()) {
            put(fmt::format("  {:<{}}{}", label, label_width - 2, value), label_width);
        }
    }

    void title() {
        const std::string what =
            fmt::format("{} {}", text::port_and_transport(event_), text::address(event_));
        const std::string who = process_cell(event_, 0);
        if (event_.failed()) {
            put(fmt::format("{}: {} of {} {}", what, name_of(event_.kind), who, text::failure(event_.error)),
                2, Style::red);
        } else if (detail_.claim) {
            put(fmt::format("{}: {} {}{}", what, who, state_of(detail_.entry),
                            detail_.ended ? ", and has ended" : ""),
                2, Style::bold);
        } else {
            put(fmt::format("{}: {} by {}", what, name_of(event_.kind), who), 2, Style::bold);
        }
        lines_.emplace_back();
    }

    void why() {
        line("why", event_.reason);
        for (const Holder& holder : event_.holders) {
            line("in the way", holder_line(holder));
        }
    }

    /// What `who` says, of this process and moment.
    void about_the_process() {
        FoundSocket asked{.event = event_};
        asked.event.alerts.clear();
        if (!asked.event.found) {
            asked.event.found = Found{.asked = true};
        }
        asked.event.kind = EventKind::bind; // of a listen or release it would not say what the port is
        const std::string answer = who_text(
            {&asked, 1}, {.now_ns = now_ns_, .own_netns = event_.socket.netns}); // the namespace stands below
        bool can_be_stopped = false;
        bool first = true;
        for (const auto part : std::views::split(answer, '\n')) {
            const std::string_view text(part.begin(), part.end());
            const bool stops = text.starts_with(to_stop);
            if (std::exchange(first, false) || text.empty() || (stops && !may_be_stopped())) {
                continue;
            }
            can_be_stopped = can_be_stopped || stops;
            put(text, label_width);
        }
        if (!can_be_stopped && may_be_stopped() && event_.process && event_.origin == Origin::live) {
            line("to stop it", fmt::format("kill {}", event_.process->pid));
        }
    }
    [[nodiscard]] bool may_be_stopped() const { return detail_.claim && !detail_.ended; }

    void about_the_claim() {
        if (event_.origin == Origin::live) {
            line(detail_.claim ? "since" : "time", moment(event_.time_ns, surroundings_.clock));
        }
        if (event_.held_ns) {
            line("held", text::duration(*event_.held_ns));
        }
        if (event_.requested_port && event_.port && *event_.requested_port != *event_.port) {
            line("asked for",
                 event_.requested_port == 0U ? "any port" : std::to_string(*event_.requested_port));
        } else if (event_.implicit) {
            line("asked for", "nothing: listen without bind");
        }
        if (event_.process) {
            line("process id", ids_of(*event_.process));
        }
        if (event_.cgroup) {
            line("cgroup", printable(event_.cgroup->path));
        }
        line("socket", socket_of(event_, surroundings_.own_netns));
        if (event_.socket.backlog) {
            line("backlog", std::to_string(*event_.socket.backlog));
        }
    }

    void about_the_port() {
        if (event_.iana) {
            line("registry",
                 fmt::format("{} tier, {}", name_of(event_.iana->tier), name_of(event_.iana->status)));
            line("note", printable(event_.iana->note));
        }
    }

    const View::Detail& detail_;
    const Event& event_;
    std::size_t width_;
    const Surroundings& surroundings_;
    std::int64_t now_ns_;
    std::vector<Line> lines_;
};

} // namespace

void append_wrapped(std::vector<Line>& lines, std::string_view text, Style style, std::size_t width,
                    std::size_t indent) {
    std::string lead;
    do {
        const std::size_t end = line_end(text, width - lead.size());
        lines.push_back({{.text = lead + std::string(text.substr(0, end)), .style = style}});
        text.remove_prefix(end);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        lead.assign(std::min(indent, width / 2), ' ');
    } while (!text.empty());
}

std::vector<Line> detail_lines(const View::Detail& detail, std::size_t width,
                               const Surroundings& surroundings, std::int64_t now_ns) {
    return Page(detail, width, surroundings, now_ns).lines();
}

} // namespace bindwatch::top
