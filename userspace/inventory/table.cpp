// SPDX-License-Identifier: Apache-2.0
#include "inventory/table.hpp"

#include "inventory/lineage.hpp"
#include "sinks/printable.hpp"
#include "sinks/style.hpp"
#include "sinks/text_words.hpp"

#include <bindwatch/names.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

namespace bindwatch {
namespace {

constexpr std::size_t gap = 2;
/// A longer comm gives way, not its pid.
constexpr std::size_t process_width = 28;
constexpr std::size_t narrowest_address = 15;

enum Column : std::uint8_t { port, state, address, peer, process, user, place, what, columns };
constexpr std::array<std::string_view, columns> titles{"PORT",    "STATE", "ADDRESS", "PEER",
                                                       "PROCESS", "USER",  "WHERE",   "WHAT THE PORT IS"};

using Row = std::array<std::string, columns>;

std::string unheld_words(Unheld unheld) {
    switch (unheld) {
    case Unheld::kernel: return "(kernel)";
    case Unheld::in_flight: return "(in flight)";
    case Unheld::not_accepted: return "(not accepted)";
    case Unheld::orphan: return "(closed)";
    }
    std::unreachable();
}

std::string place_cell(const Event& event, std::uint32_t own_netns) {
    if (event.container) {
        return text::container(*event.container);
    }
    return event.socket.netns == own_netns ? "" : "netns " + std::to_string(event.socket.netns);
}

std::string peer_cell(const Found& found) {
    if (!found.peer || !found.peer_port) {
        return "";
    }
    const std::string peer_address = to_string(*found.peer);
    return (found.peer->family == Family::ipv6 ? '[' + peer_address + ']' : peer_address) + ':' +
           std::to_string(*found.peer_port);
}

Row row_of(const Event& event, std::uint32_t own_netns) {
    Row row;
    row[port] = text::port_and_transport(event);
    row[state] = name_of(found_of(event).state);
    row[address] = text::address(event);
    row[peer] = peer_cell(found_of(event));
    row[process] = process_cell(event, process_width);
    row[user] = event.process ? text::user(event.process) : "";
    row[place] = place_cell(event, own_netns);
    row[what] = text::meaning(event).subject;
    return row;
}

class Table {
  public:
    Table(const std::vector<Row>& rows, const TableOptions& options) : options_(options) {
        for (std::size_t column = 0; column < columns; ++column) {
            for (const Row& row : rows) {
                widths_[column] = std::max(widths_[column], cells(row[column]));
            }
            if (widths_[column] > 0 || rows.empty()) {
                widths_[column] = std::max(widths_[column], titles[column].size());
            }
        }
        if (rows.empty()) {
            widths_[peer] = widths_[place] = 0;
        }
        fit();
    }

    void header(std::string& out) const {
        Row row;
        std::ranges::copy(titles, row.begin());
        line(out, row, Style::bold, Style::bold);
    }

    void line(std::string& out, const Row& row, Style port_style, Style what_style) const {
        const std::size_t from = out.size();
        for (std::size_t column = 0; column < columns; ++column) {
            const std::size_t width = widths_[column];
            if (width == 0) {
                continue;
            }
            const std::string shown =
                shortened(row[column], width, column == address ? Cut::middle : Cut::end);
            const Style style = column == port ? port_style : column == what ? what_style : Style::plain;
            append_styled(out, shown, style, options_.color);
            out.append(column == what ? 0 : width - cells(shown) + gap, ' ');
        }
        out.erase(std::max(from, out.find_last_not_of(' ') + 1));
        out += '\n';
    }

  private:
    [[nodiscard]] std::size_t total() const {
        const auto shown = static_cast<std::size_t>(
            std::ranges::count_if(widths_, [](std::size_t width) { return width > 0; }));
        return std::accumulate(widths_.begin(), widths_.end(), (shown - 1) * gap);
    }

    void narrow(Column column, std::size_t least) {
        const std::size_t used = total();
        const std::size_t excess = used > options_.width ? used - options_.width : 0;
        widths_[column] -= std::min(excess, widths_[column] - std::min(widths_[column], least));
    }

    void fit() {
        if (options_.width == 0) {
            return;
        }
        narrow(what, titles[what].size());
        narrow(address, narrowest_address);
        narrow(peer, narrowest_address);
        narrow(place, narrowest_address);
        narrow(what, 4);
    }

    const TableOptions& options_;
    std::array<std::size_t, columns> widths_{};
};

/// "nginx[88] fd 6, 7: made it"
void append_sharers(std::string& out, const Found& found) {
    for (const Sharer& sharer : found.sharers) {
        const bool last = &sharer == &found.sharers.back();
        out.append(last ? "  └ " : "  ├ ").append(printable(sharer.comm));
        out.append("[").append(std::to_string(sharer.pid)).append("] fd ");
        for (const std::uint32_t fd : sharer.fds) {
            out.append(fd == sharer.fds.front() ? "" : ", ").append(std::to_string(fd));
        }
        if (const std::string lineage = lineage_of(found, sharer); !lineage.empty()) {
            out.append(": ").append(lineage);
        }
        out += '\n';
    }
}

} // namespace

std::string process_cell(const Event& event, std::size_t width) {
    if (const auto unheld = found_of(event).unheld) {
        return unheld_words(*unheld);
    }
    std::string cell = text::process(event.process, width);
    if (const std::size_t sharers = found_of(event).sharers.size(); sharers > 1) {
        cell += " +" + std::to_string(sharers - 1);
    }
    return cell;
}

void sort_by(Grouping by, std::vector<FoundSocket>& sockets) {
    if (by == Grouping::port && std::ranges::is_sorted(sockets, comes_before)) {
        return; // as Inventory::take() gives them
    }
    const auto group = [by](const FoundSocket& socket) {
        const Event& event = socket.event;
        switch (by) {
        case Grouping::port: break;
        case Grouping::process:
            return event.process ? std::tuple(event.process->comm, event.process->pid)
                                 : std::tuple(std::string(), 0U);
        case Grouping::container:
            return std::tuple(event.container ? event.container->id : std::string(), event.socket.netns);
        }
        return std::tuple(std::string(), 0U);
    };
    std::ranges::sort(sockets, [&](const FoundSocket& a, const FoundSocket& b) {
        const auto of_a = group(a);
        const auto of_b = group(b);
        return of_a == of_b ? comes_before(a, b) : of_a < of_b;
    });
}

std::string inventory_table(std::span<const FoundSocket> sockets, const TableOptions& options) {
    std::vector<Row> rows;
    rows.reserve(sockets.size());
    for (const FoundSocket& socket : sockets) {
        rows.push_back(row_of(socket.event, options.own_netns));
    }
    const Table table(rows, options);
    std::string out;
    table.header(out);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Event& event = sockets[i].event;
        table.line(out, rows[i], Style::bold, event.iana ? text::style_of(event.iana->status) : Style::plain);
        if (options.tree) {
            append_sharers(out, found_of(event));
        }
    }
    return out;
}

} // namespace bindwatch
