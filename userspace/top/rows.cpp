// SPDX-License-Identifier: Apache-2.0
#include "top/rows.hpp"

#include "inventory/inventory.hpp"
#include "inventory/table.hpp"
#include "sinks/printable.hpp"
#include "sinks/text_words.hpp"

#include <bindwatch/names.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <ranges>
#include <utility>

namespace bindwatch::top {
namespace {

using text::Column;

constexpr std::string_view between = " · ";
constexpr std::size_t between_cells = 3;
constexpr std::int64_t day_ns = 86'400'000'000'000;
constexpr std::size_t time_width = 12; // HH:MM:SS.mmm
constexpr std::size_t severity_width = 8;
constexpr std::size_t others_width = 3; // " +3"

Style style_of(const Event& event) {
    switch (event.kind) {
    case EventKind::bind: return event.failed() ? Style::red : Style::green;
    case EventKind::listen: return event.failed() ? Style::red : Style::cyan;
    case EventKind::release: return Style::dim;
    }
    std::unreachable();
}

Style style_of(const Alert& alert) {
    return alert.severity == Severity::warning ? Style::yellow : Style::plain;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// What passes() looks into; no word of a filter reaches over a line's end.
std::string words_of(const Event& event) {
    std::string all = text::port_and_transport(event);
    const auto add = [&](std::string_view word) { all.append("\n").append(word); };
    add(text::address(event));
    add(text::process(event.process, 0));
    add(text::user(event.process));
    for (const Sharer& sharer : found_of(event).sharers) {
        add(printable(sharer.comm) + '[' + std::to_string(sharer.pid) + ']');
    }
    if (event.container) {
        add(text::container(*event.container));
        add(printable(event.container->id));
    }
    if (event.iana) {
        add(text::subject(*event.iana));
        add(event.iana->listed_as);
    }
    if (event.failed()) {
        add(text::failure(event.error));
    }
    for (const Alert& alert : event.alerts) {
        add(alert.rule);
    }
    std::ranges::transform(all, all.begin(), lower);
    return all;
}

} // namespace

void fit(Line& line, std::size_t width) {
    std::size_t used = 0;
    for (auto span = line.begin(); span != line.end(); ++span) {
        const std::size_t wanted = cells(span->text);
        if (used + wanted > width) {
            span->text = used == width ? std::string() : shortened(span->text, width - used);
            used += cells(span->text);
            line.erase(span + 1, line.end());
            break;
        }
        used += wanted;
    }
    if (used < width) {
        line.push_back({.text = std::string(width - used, ' ')});
    }
}

Rows::Rows(const Surroundings& surroundings)
    : surroundings_(surroundings), time_of_day_(surroundings.clock) {}

void Rows::set(std::size_t width, std::int64_t now_ns) {
    if (width != width_) {
        width_ = width;
        layout_ = text::layout_for(width);
    }
    now_ns_ = now_ns;
}

std::string Rows::time(std::int64_t time_ns) {
    if (now_ns_ - time_ns < day_ns) {
        return std::string(time_of_day_.format(time_ns));
    }
    const std::time_t seconds = time_ns / 1'000'000'000;
    std::tm parts{};
    if (surroundings_.clock == Clock::local) {
        static_cast<void>(::localtime_r(&seconds, &parts));
    } else {
        static_cast<void>(::gmtime_r(&seconds, &parts));
    }
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%b %e %H:%M", &parts)};
}

void Rows::cell(Line& line, Column column, std::string_view text, Style style) const {
    const std::size_t width = layout_.width_of(column);
    std::string shown = shortened(text, width, column == Column::address ? Cut::middle : Cut::end);
    const std::size_t used = cells(shown);
    line.push_back({.text = std::move(shown), .style = style});
    line.push_back({.text = std::string((width > used ? width - used : 0) + layout_.gap, ' ')});
}

void Rows::who_and_where(Line& line, const Event& event) const {
    cell(line, Column::port, text::port_and_transport(event), Style::bold);
    cell(line, Column::address, text::address(event), Style::plain);
    const std::size_t room_for_others = found_of(event).sharers.size() > 1 ? others_width : 0;
    cell(line, Column::process, process_cell(event, layout_.width_of(Column::process) - room_for_others),
         Style::plain);
    cell(line, Column::user, text::user(event.process), Style::plain);
}

void Rows::last(Line& line, std::string_view text, Style style, const std::vector<std::string>& notes) const {
    const std::size_t width = layout_.width_of(Column::what);
    std::string shown = shortened(text, width);
    std::size_t used = cells(shown);
    line.push_back({.text = std::move(shown), .style = style});
    for (const std::string& note : notes) {
        const std::size_t gap = used == 0 ? 0 : between_cells;
        if (note.empty() || used + gap >= width) {
            continue;
        }
        std::string part(gap == 0 ? "" : between);
        part += shortened(note, width - used - gap);
        used += cells(part);
        line.push_back({.text = std::move(part)});
    }
}

Line Rows::titles(std::string_view time, std::string_view event, std::string_view last_title) const {
    Line line;
    cell(line, Column::time, time, Style::bold);
    cell(line, Column::event, event, Style::bold);
    cell(line, Column::port, "PORT", Style::bold);
    cell(line, Column::address, "ADDRESS", Style::bold);
    cell(line, Column::process, "PROCESS", Style::bold);
    cell(line, Column::user, "USER", Style::bold);
    last(line, last_title, Style::bold, {});
    return line;
}

Line Rows::claim(const Entry& entry) {
    const Event& event = entry.event;
    Line line;
    cell(line, Column::time, event.origin == Origin::snapshot ? "before" : time(event.time_ns), Style::dim);
    cell(line, Column::event, state_of(entry), entry.listening ? Style::cyan : Style::plain);
    who_and_where(line, event);
    std::vector<std::string> notes;
    if (event.container) {
        notes.push_back(text::container(*event.container));
    } else if (event.socket.netns != surroundings_.own_netns) {
        notes.push_back("netns " + std::to_string(event.socket.netns));
    }
    last(line, event.iana ? text::subject(*event.iana) : std::string(),
         event.iana ? text::style_of(event.iana->status) : Style::plain, notes);
    return line;
}

Line Rows::failure(const Entry& entry) {
    const Event& event = entry.event;
    Line line;
    cell(line, Column::time, time(event.time_ns), Style::dim);
    cell(line, Column::event, name_of(event.kind), style_of(event));
    who_and_where(line, event);
    last(line, errno_name(event.error), Style::red,
         {event.reason.empty() ? errno_message(event.error) : event.reason});
    return line;
}

Line Rows::event(const Entry& entry) {
    const Event& event = entry.event;
    if (event.failed()) {
        return failure(entry);
    }
    Line line;
    cell(line, Column::time, time(event.time_ns), Style::dim);
    cell(line, Column::event, name_of(event.kind), style_of(event));
    who_and_where(line, event);
    const text::Meaning meaning = text::meaning(event);
    last(line, meaning.brief, event.iana ? text::style_of(event.iana->status) : Style::plain, meaning.notes);
    return line;
}

Line Rows::alert(const Entry& entry) {
    const Event& event = entry.event;
    const Alert& alert = event.alerts.front();
    const Style style = style_of(alert);
    const std::string_view severity = name_of(alert.severity);
    const std::string when = event.origin == Origin::snapshot ? "before" : time(event.time_ns);
    std::string sentence = text::alert_sentence(event, alert, 0);
    if (event.alerts.size() > 1) {
        sentence.insert(0, "(1 of " + std::to_string(event.alerts.size()) + ") ");
    }
    return alert_line({.text = when, .style = Style::dim}, {.text = std::string(severity), .style = style},
                      {.text = std::move(sentence), .style = style});
}

Line Rows::alert_titles() const {
    return alert_line({.text = "TIME", .style = Style::bold}, {.text = "SEVERITY", .style = Style::bold},
                      {.text = "WHAT IS OUT OF PLACE, AND WHO DID IT", .style = Style::bold});
}

Line Rows::alert_line(Span time, Span severity, Span sentence) const {
    time.text.append(time_width + layout_.gap - std::min(cells(time.text), time_width), ' ');
    severity.text.append(severity_width + layout_.gap - std::min(severity.text.size(), severity_width), ' ');
    return {std::move(time), std::move(severity), std::move(sentence)};
}

std::string_view state_of(const Entry& entry) {
    if (entry.listening) {
        return name_of(SocketState::listen);
    }
    return name_of(found_of(entry.event).state);
}

bool passes(const Entry& entry, std::string_view filter) {
    if (filter.empty()) {
        return true;
    }
    const std::string all = words_of(entry.event);
    std::string sought(filter);
    std::ranges::transform(sought, sought.begin(), lower);
    return std::ranges::all_of(std::views::split(sought, ' '), [&](const auto& word) {
        return all.find(std::string_view(word.begin(), word.end())) != std::string::npos;
    });
}

} // namespace bindwatch::top
