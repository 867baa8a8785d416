// SPDX-License-Identifier: Apache-2.0
#include "sinks/text_format.hpp"

#include "sinks/printable.hpp"
#include "sinks/text_words.hpp"

#include <bindwatch/names.hpp>

#include <algorithm>
#include <utility>

namespace bindwatch {
namespace {

using text::Column;

constexpr std::string_view between = " · ";
constexpr std::size_t between_cells = 3;
constexpr std::string_view last_title = "WHAT THE PORT IS";
constexpr std::string_view last_title_brief = "MEANING";
/// Lines of a terminal that the command of an alert may fill; there can be 4 KiB of arguments.
constexpr std::size_t command_lines = 3;

} // namespace

TextFormatter::TextFormatter(TextOptions options)
    : options_(options), layout_(text::layout_for(options.width)), time_(options.clock) {}

void TextFormatter::resize(std::size_t width) {
    if (width != options_.width) {
        options_.width = width;
        layout_ = text::layout_for(width);
    }
}

void TextFormatter::styled(std::string& out, std::string_view text, Style style) const {
    append_styled(out, text, style, options_.color);
}

void TextFormatter::cell(std::string& out, Column column, std::string_view text, Style style) const {
    const std::size_t width = layout_.width_of(column);
    const std::string shown = shortened(text, width, column == Column::address ? Cut::middle : Cut::end);
    styled(out, shown, style);
    const std::size_t used = cells(shown);
    out.append((width > used ? width - used : 0) + layout_.gap, ' ');
}

void TextFormatter::header(std::string& out) {
    if (std::exchange(header_written_, true)) {
        return;
    }
    cell(out, Column::time, "TIME", Style::bold);
    cell(out, Column::event, "EVENT", Style::bold);
    cell(out, Column::port, "PORT", Style::bold);
    cell(out, Column::address, "ADDRESS", Style::bold);
    cell(out, Column::process, "PROCESS", Style::bold);
    cell(out, Column::user, "USER", Style::bold);
    const bool fits = layout_.width_of(Column::what) >= last_title.size();
    styled(out, fits ? last_title : last_title_brief, Style::bold);
    out += '\n';
}

void TextFormatter::paragraph(std::string& out, std::string_view mark, std::string_view text,
                              Style style) const {
    const std::size_t indent = cells(mark);
    if (options_.width <= indent + 1) {
        styled(out, std::string(mark).append(text), style);
        out += '\n';
        return;
    }
    std::string lead(mark);
    while (!text.empty()) {
        const std::size_t end = line_end(text, options_.width - indent);
        styled(out, lead.append(text.substr(0, end)), style);
        out += '\n';
        text.remove_prefix(end);
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        lead.assign(indent, ' ');
    }
}

void TextFormatter::meaning(std::string& out, const Event& event, std::string& below) {
    const text::Meaning meaning = text::meaning(event);
    const std::size_t width = layout_.width_of(Column::what);
    const std::string shown =
        cells(meaning.subject) <= width ? meaning.subject : shortened(meaning.brief, width);
    Style style = Style::plain;
    if (event.kind == EventKind::bind && event.iana) {
        style = text::style_of(event.iana->status);
    }
    styled(out, shown, style);
    std::size_t used = cells(shown);
    const auto note = [&](std::string_view text, Style note_style) {
        const std::size_t wanted = cells(text) + (used == 0 ? 0 : between_cells);
        if (wanted > width - used) {
            below.append(below.empty() ? "" : between).append(text);
            return;
        }
        out.append(used == 0 ? "" : between);
        styled(out, text, note_style);
        used += wanted;
    };
    if (event.failed()) {
        note(text::failure(event.error), Style::red);
    }
    for (const std::string& text : meaning.notes) {
        note(text, Style::plain);
    }
}

void TextFormatter::alert(std::string& out, const Event& event, const Alert& alert) {
    const Style style = alert.severity == Severity::warning ? Style::yellow : Style::plain;
    paragraph(out, "  ! ", text::alert_sentence(event, alert, command_lines * options_.width), style);
}

void TextFormatter::append(std::string& out, StreamPosition /*at*/, const Event& event) {
    header(out);
    const auto event_style = [&event] {
        switch (event.kind) {
        case EventKind::bind: return event.failed() ? Style::red : Style::green;
        case EventKind::listen: return event.failed() ? Style::red : Style::cyan;
        case EventKind::release: return Style::dim;
        }
        std::unreachable();
    };
    const std::string address = text::address(event);
    const std::size_t from = out.size();
    cell(out, Column::time, time_.format(event.time_ns), Style::dim);
    cell(out, Column::event, name_of(event.kind), event_style());
    cell(out, Column::port, text::port_and_transport(event), Style::bold);
    cell(out, Column::address, address, Style::plain);
    cell(out, Column::process, text::process(event.process, layout_.width_of(Column::process)), Style::plain);
    cell(out, Column::user, text::user(event.process), Style::plain);
    std::string below;
    if (event.kind == EventKind::bind && address.size() > layout_.width_of(Column::address)) {
        below = address;
    }
    meaning(out, event, below);
    out.erase(std::max(from, out.find_last_not_of(' ') + 1));
    out += '\n';
    if (!below.empty()) {
        paragraph(out, "  · ", below, event.failed() ? Style::red : Style::plain);
    }
    if (!event.reason.empty()) {
        paragraph(out, "  > ", event.reason, Style::plain);
    }
    for (const Alert& raised : event.alerts) {
        alert(out, event, raised);
    }
}

void TextFormatter::append(std::string& out, StreamPosition /*at*/, const StartRecord& /*record*/) {
    header(out);
}

void TextFormatter::append(std::string& out, StreamPosition /*at*/, const LostRecord& record) {
    header(out);
    const std::uint64_t events = record.count - record.untracked;
    if (events > 0) {
        std::string text = std::to_string(events);
        text.append(events == 1 ? " event was lost here" : " events were lost here");
        text.append(": bindwatch did not keep up between ").append(time_.format(record.since_ns));
        text.append(" and ").append(time_.format(record.time_ns)).append("; a larger --ring-size helps");
        paragraph(out, "!! ", text, Style::red);
    }
    if (record.untracked > 0) {
        std::string text = std::to_string(record.untracked);
        text.append(record.untracked == 1 ? " claim is" : " claims are");
        text.append(
            " not kept, and its release will be missing: too many exist; a larger --max-claims helps");
        paragraph(out, "!! ", text, Style::red);
    }
}

void TextFormatter::append(std::string& /*out*/, StreamPosition /*at*/, const StopRecord& /*record*/) {}

} // namespace bindwatch
