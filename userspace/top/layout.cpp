// SPDX-License-Identifier: Apache-2.0
#include "top/layout.hpp"

#include "sinks/printable.hpp"
#include "sinks/utf8.hpp"
#include "top/detail.hpp"

#include <bindwatch/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace bindwatch::top {
namespace {

constexpr std::size_t most_alerts_on_top = 3;
constexpr std::size_t height_for_all_alerts = 16;
constexpr std::string_view typing_mark = "filter: ";

constexpr std::array help{
    "up, down, j, k   one line               PgUp, PgDn, space   one page",
    "Home, End, g, G  the first, the last",
    "Tab, Shift-Tab   claims, alerts, failures, events",
    "Enter            all that is known of the line; Esc goes back",
    "f                follow its port: what happens there, alone; f or Esc ends it",
    "/                filter by typing: words that a line has to have, of port,",
    "                 address, process, pid, user, container, error;",
    "                 Enter keeps the filter, Esc clears it",
    "s                sort claims by time, port, process",
    "Ctrl-L           draw anew, if something else wrote here",
    "Ctrl-Z           suspend",
    "q, Ctrl-C        quit",
    "",
    "before           it was there when bindwatch started; since when is not known",
    "+3               so many other processes share the socket",
    "events/s         in the last whole second",
    "lost             what the kernel could not hand over: a claim whose release is",
    "                 among it stays here although it has ended",
};

std::string_view word_of(Sort sort) {
    switch (sort) {
    case Sort::time: return "newest first";
    case Sort::port: return "by port";
    case Sort::process: return "by process";
    }
    std::unreachable();
}

void say(std::vector<Line>& lines, std::string_view text, Style style = Style::plain) {
    lines.push_back({{.text = std::string(text), .style = style}});
}

Screen too_small(Size size) {
    Screen screen;
    if (size.height > 0 && size.width > 0) {
        screen.lines.push_back({{.text = fmt::format("too small: {}x{}, needs {}x{}", size.width, size.height,
                                                     least_size.width, least_size.height)}});
        fit(screen.lines.back(), size.width);
    }
    return screen;
}

Line keys(const View& view, std::string_view followed) {
    std::string text;
    if (view.help()) {
        text = " any key goes back";
    } else if (view.detail_shown()) {
        text = " Esc back   f follow its port   up/down scroll   q quit";
    } else if (!followed.empty() && view.pane() == Pane::events) {
        text = " Esc all ports   / filter   Tab view   Enter detail   ? help   q quit";
    } else {
        text = " / filter   s sort   Tab view   Enter detail   f follow port   ? help   q quit";
    }
    return {{.text = std::move(text), .style = Style::plain, .reversed = true}};
}

std::string followed_name(const Model& model) {
    const auto& port = model.followed();
    return port ? fmt::format("{}/{}", port->port,
                              port->vsock ? std::string(name_of(Family::vsock))
                                          : transport_name(port->protocol, Family::ipv4))
                : std::string();
}

/// Reversed to its end.
void fit_bar(Line& line, std::size_t width) {
    fit(line, width);
    for (Span& span : line) {
        span.reversed = true;
    }
}

} // namespace

Screen Layout::draw(View& view, Size size, std::int64_t now_ns) {
    if (size.width < least_size.width || size.height < least_size.height) {
        return too_small(size);
    }
    rows_.set(size.width, now_ns);
    Screen screen;
    std::vector<Line>& lines = screen.lines;
    header(lines, view, size.width);
    if (view.help()) {
        for (const std::string_view line : help) {
            say(lines, line);
        }
    } else if (const auto& detail = view.detail()) {
        one(lines, view, *detail, size, now_ns);
    } else {
        newest_alerts(lines, view, size);
        list(lines, view, size);
    }
    lines.resize(size.height - 1);
    for (Line& line : lines) {
        fit(line, size.width);
    }
    if (view.typing()) {
        // The end of what is typed stays in sight.
        std::string_view typed = view.filter();
        while (cells(typed) + typing_mark.size() + 1 > size.width) {
            typed.remove_prefix(next_code_point(typed).bytes);
        }
        screen.cursor = Cursor{.line = size.height - 1, .column = typing_mark.size() + cells(typed)};
        lines.push_back(
            {{.text = std::string(typing_mark), .style = Style::bold}, {.text = std::string(typed)}});
        fit(lines.back(), size.width);
    } else {
        lines.push_back(keys(view, followed_name(model_)));
        fit_bar(lines.back(), size.width);
    }
    return screen;
}

void Layout::header(std::vector<Line>& lines, const View& view, std::size_t width) const {
    const Totals& totals = model_.totals();
    std::string first = fmt::format(" bindwatch top   plan {}", model_.plan());
    if (view.pane() == Pane::claims) {
        first += fmt::format("   {}", word_of(view.sort()));
    }
    if (!view.filter().empty()) {
        first += fmt::format("   filter: {}", view.filter());
    }
    if (surroundings_.filters != "{}") {
        first += fmt::format("   only {}", printable(surroundings_.filters));
    }
    Line bar{{.text = std::move(first)}};
    fit_bar(bar, width);
    lines.push_back(std::move(bar));

    const std::string followed = followed_name(model_);
    const std::array<std::string, panes> tabs{fmt::format(" claims {} ", model_.claims().size()),
                                              fmt::format(" alerts {} ", totals.alerts),
                                              fmt::format(" failures {} ", totals.failures),
                                              followed.empty() ? fmt::format(" events {} ", totals.events)
                                                               : fmt::format(" events of {} ", followed)};
    Line line;
    for (std::size_t pane = 0; pane < panes; ++pane) {
        const bool shown = static_cast<std::size_t>(view.pane()) == pane;
        const Style style = pane == 1 && totals.alerts > 0     ? Style::yellow
                            : pane == 2 && totals.failures > 0 ? Style::red
                                                               : Style::plain;
        line.push_back({.text = tabs.at(pane), .style = style, .reversed = shown});
    }
    line.push_back({.text = fmt::format("  {} events/s", model_.rate())});
    line.push_back({.text = fmt::format("  {} lost", totals.lost),
                    .style = totals.lost > 0 ? Style::red : Style::plain});
    lines.push_back(std::move(line));
}

void Layout::newest_alerts(std::vector<Line>& lines, const View& view, Size size) {
    if (view.pane() != Pane::claims) {
        return;
    }
    const std::size_t most = size.height >= height_for_all_alerts ? most_alerts_on_top : 1;
    std::size_t shown = 0;
    for (std::size_t age = 0; age < model_.alerts().size() && shown < most; ++age) {
        const Entry& entry = model_.alerts()[age];
        if (passes(entry, view.filter())) {
            lines.push_back(rows_.alert(entry));
            ++shown;
        }
    }
}

Line Layout::titles(const View& view) const {
    switch (view.pane()) {
    case Pane::claims: return rows_.titles("SINCE", "STATE", "WHAT THE PORT IS");
    case Pane::alerts: return rows_.alert_titles();
    case Pane::failures: return rows_.titles("TIME", "EVENT", "WHY IT FAILED");
    case Pane::events: return rows_.titles("TIME", "EVENT", "WHAT THE PORT IS");
    }
    std::unreachable();
}

Line Layout::row(Pane pane, const Entry& entry) {
    switch (pane) {
    case Pane::claims: return rows_.claim(entry);
    case Pane::alerts: return rows_.alert(entry);
    case Pane::failures: return rows_.failure(entry);
    case Pane::events: return rows_.event(entry);
    }
    std::unreachable();
}

void Layout::list(std::vector<Line>& lines, View& view, Size size) {
    lines.push_back(titles(view));
    const auto& rows = view.rows();
    if (rows.empty()) {
        say(lines, view.filter().empty() ? "nothing yet" : "nothing that the filter lets through",
            Style::dim);
        return;
    }
    const std::size_t page = size.height - 1 - lines.size();
    const std::size_t selected = view.selected();
    const std::size_t first = view.first_shown(page, rows.size());
    for (std::size_t i = first; i < std::min(first + page, rows.size()); ++i) {
        Line line = row(view.pane(), *rows[i]);
        if (i == selected) {
            fit_bar(line, size.width);
        }
        lines.push_back(std::move(line));
    }
}

void Layout::one(std::vector<Line>& lines, View& view, const View::Detail& detail, Size size,
                 std::int64_t now_ns) const {
    std::vector<Line> all = detail_lines(detail, size.width, surroundings_, now_ns);
    const std::size_t page = size.height - 1 - lines.size();
    const std::size_t first = view.first_shown(page, all.size());
    for (std::size_t i = first; i < std::min(first + page, all.size()); ++i) {
        lines.push_back(std::move(all[i]));
    }
}

} // namespace bindwatch::top
