// SPDX-License-Identifier: Apache-2.0
#include "top/view.hpp"

#include "inventory/inventory.hpp"
#include "sinks/utf8.hpp"
#include "top/rows.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace bindwatch::top {
namespace {

constexpr std::size_t longest_filter = 200;              // bytes
constexpr std::size_t end_of_any_detail = 1'000'000'000; // lines
constexpr char32_t ctrl_c = 3;
constexpr char32_t ctrl_l = 12;
constexpr char32_t ctrl_u = 21;

/// `code_point` is a Unicode scalar value.
void append_utf8(std::string& out, char32_t code_point) {
    const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0U | code_point >> 6U);
        put(0x80U | (code_point & 0x3FU));
    } else if (code_point < 0x10000) {
        put(0xE0U | code_point >> 12U);
        put(0x80U | (code_point >> 6U & 0x3FU));
        put(0x80U | (code_point & 0x3FU));
    } else {
        put(0xF0U | code_point >> 18U);
        put(0x80U | (code_point >> 12U & 0x3FU));
        put(0x80U | (code_point >> 6U & 0x3FU));
        put(0x80U | (code_point & 0x3FU));
    }
}

void remove_last_code_point(std::string& text) {
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) {
        text.pop_back();
    }
    if (!text.empty()) {
        text.pop_back();
    }
}

bool is_scalar(char32_t code_point) {
    return code_point < 0xD800 || (code_point > 0xDFFF && code_point < 0x110000);
}

/// Newest first. When a claim that was found began is not known; its process is no newer than what comes
/// after it.
bool newer(const Entry& a, const Entry& b) {
    const auto key = [](const Entry& entry) {
        const bool live = entry.event.origin == Origin::live;
        const auto& sharers = found_of(entry.event).sharers;
        const std::int64_t time = live              ? entry.event.time_ns
                                  : sharers.empty() ? 0
                                                    : sharers.front().start_time_ns;
        return std::tuple(live, time, entry.id);
    };
    return key(a) > key(b);
}

bool port_before(const Entry& a, const Entry& b) {
    const auto key = [](const Entry& entry) {
        return std::tuple(port_of(entry.event), entry.event.protocol, entry.id);
    };
    return key(a) < key(b);
}

bool process_before(const Entry& a, const Entry& b) {
    const auto key = [](const Entry& entry) {
        const auto& process = entry.event.process;
        return std::tuple(process ? std::string_view(process->comm) : std::string_view(),
                          process ? process->pid : 0, port_of(entry.event), entry.id);
    };
    return key(a) < key(b);
}

void put_in_order(std::vector<const Entry*>& rows, Sort sort) {
    const auto by = [&](auto before) {
        std::ranges::sort(rows, [&](const Entry* a, const Entry* b) { return before(*a, *b); });
    };
    switch (sort) {
    case Sort::time: by(newer); break;
    case Sort::port: by(port_before); break;
    case Sort::process: by(process_before); break;
    }
}

} // namespace

bool View::take_redraw() {
    return std::exchange(redraw_, false);
}

void View::press(Key key) {
    const bool character = key.name == Key::Name::character;
    if (character && key.character == ctrl_c) {
        running_ = false;
        return;
    }
    if (character && key.character == ctrl_l) {
        redraw_ = true;
        return;
    }
    if (help_) {
        help_ = false;
        running_ = !character || key.character != 'q';
        return;
    }
    if (typing_) {
        type(key);
        return;
    }
    switch (key.name) {
    case Key::Name::character: command(key.character); break;
    case Key::Name::enter: open_detail(); break;
    case Key::Name::escape:
    case Key::Name::backspace: go_back(); break;
    case Key::Name::tab: turn_pane(1); break;
    case Key::Name::back_tab: turn_pane(panes - 1); break;
    case Key::Name::up:
    case Key::Name::down:
    case Key::Name::page_up:
    case Key::Name::page_down:
    case Key::Name::home:
    case Key::Name::end: move(key.name); break;
    case Key::Name::other: break;
    }
}

void View::type(Key key) {
    switch (key.name) {
    case Key::Name::enter: typing_ = false; return;
    case Key::Name::escape:
        typing_ = false;
        filter_.clear();
        break;
    case Key::Name::backspace: remove_last_code_point(filter_); break;
    case Key::Name::character:
        if (key.character == ctrl_u) {
            filter_.clear();
        } else if (is_scalar(key.character) && !acts_on_terminal(key.character) &&
                   (!filter_.empty() || display_width(key.character) > 0) &&
                   filter_.size() < longest_filter) {
            append_utf8(filter_, key.character);
        }
        break;
    default: move(key.name); return;
    }
    rows_version_.reset();
}

void View::command(char32_t character) {
    switch (character) {
    case 'q': running_ = false; break;
    case '?':
    case 'h': help_ = true; break;
    case '/':
        if (!detail_) {
            typing_ = true;
        }
        break;
    case 's':
        if (!detail_ && pane_ == Pane::claims) {
            sort_ = static_cast<Sort>((static_cast<unsigned>(sort_) + 1) % 3);
            rows_version_.reset();
        }
        break;
    case 'f': follow_port(); break;
    case 'k': move(Key::Name::up); break;
    case 'j': move(Key::Name::down); break;
    case 'g': move(Key::Name::home); break;
    case 'G': move(Key::Name::end); break;
    case ' ': move(Key::Name::page_down); break;
    default: break;
    }
}

/// Out of what was entered last.
void View::go_back() {
    if (detail_) {
        detail_.reset();
    } else if (!filter_.empty()) {
        filter_.clear();
        rows_version_.reset();
    } else if (model_.followed() && pane_ == Pane::events) {
        stop_following();
    }
}

void View::open_detail() {
    if (detail_ || rows().empty()) {
        return;
    }
    const Entry& entry = *rows()[selected()];
    const bool claimed = entry.event.kind == EventKind::bind && !entry.event.failed();
    detail_ = Detail{.entry = entry, .claim = pane_ == Pane::claims || (pane_ == Pane::alerts && claimed)};
    detail_first_ = 0;
}

const std::optional<View::Detail>& View::detail() {
    if (detail_ && detail_->claim && !detail_->ended) {
        const Entry* const now = model_.find(detail_->entry.event.claim, detail_->entry.id);
        if (now != nullptr) {
            detail_->entry = *now;
        }
        detail_->ended = now == nullptr;
    }
    return detail_;
}

void View::follow_port() {
    if (!detail_ && model_.followed() && pane_ == Pane::events) {
        stop_following();
        return;
    }
    const Entry* const entry = detail_ ? &detail_->entry : rows().empty() ? nullptr : rows()[selected()];
    const auto port = entry != nullptr ? port_of_interest(entry->event) : std::nullopt;
    if (!port) {
        return;
    }
    if (!model_.followed()) {
        before_following_ = pane_;
    }
    model_.follow(*port);
    detail_.reset();
    filter_.clear();
    pane_ = Pane::events;
    place() = {};
    rows_version_.reset();
}

void View::stop_following() {
    model_.follow_all();
    place() = {};
    show(before_following_);
}

void View::move(Key::Name name) {
    const std::size_t line = detail_ ? detail_first_ : selected();
    const std::size_t last = detail_ ? end_of_any_detail : rows().empty() ? 0 : rows().size() - 1;
    const auto target = [&] {
        switch (name) {
        case Key::Name::up: return line - std::min<std::size_t>(line, 1);
        case Key::Name::down: return line + 1;
        case Key::Name::page_up: return line - std::min(line, page_);
        case Key::Name::page_down: return line + page_;
        case Key::Name::home: return std::size_t{0};
        case Key::Name::end: return last;
        default: return line;
        }
    };
    const std::size_t to = target();
    if (detail_) {
        detail_first_ = to; // first_shown() knows how many there are
    } else {
        select(std::min(to, last));
    }
}

void View::select(std::size_t line) {
    place().line = line;
    place().id = line == 0 || rows().empty() ? std::nullopt : std::optional(rows()[line]->id);
}

void View::show(Pane pane) {
    pane_ = pane;
    rows_version_.reset();
}

void View::turn_pane(std::size_t by) {
    detail_.reset();
    show(static_cast<Pane>((static_cast<std::size_t>(pane_) + by) % panes));
}

const std::vector<const Entry*>& View::rows() {
    if (rows_version_ != model_.version()) {
        collect();
        rows_version_ = model_.version();
    }
    return rows_;
}

void View::collect() {
    rows_.clear();
    const auto add = [&](const Entry& entry) {
        if (passes(entry, filter_)) {
            rows_.push_back(&entry);
        }
    };
    const auto add_all = [&](const Recent<Entry>& list) {
        for (std::size_t age = 0; age < list.size(); ++age) {
            add(list[age]);
        }
    };
    switch (pane_) {
    case Pane::claims:
        for (const auto& [number, entry] : model_.claims()) {
            add(entry);
        }
        put_in_order(rows_, sort_);
        break;
    case Pane::alerts: add_all(model_.alerts()); break;
    case Pane::failures: add_all(model_.failures()); break;
    case Pane::events: add_all(model_.events()); break;
    }
}

std::size_t View::selected() {
    const auto& all = rows();
    Place& at = place();
    if (all.empty() || !at.id) {
        at.line = 0;
        return 0;
    }
    if (at.line < all.size() && all[at.line]->id == *at.id) {
        return at.line;
    }
    const auto found = std::ranges::find(all, *at.id, [](const Entry* entry) { return entry->id; });
    if (found != all.end()) {
        at.line = static_cast<std::size_t>(found - all.begin());
    } else { // it has ended: the next one is in its place
        select(std::min(at.line, all.size() - 1));
    }
    return at.line;
}

std::size_t View::first_shown(std::size_t page, std::size_t count) {
    page_ = std::max<std::size_t>(page, 1);
    const std::size_t last_first = count > page_ ? count - page_ : 0;
    if (detail_) {
        detail_first_ = std::min(detail_first_, last_first);
        return detail_first_;
    }
    const std::size_t line = selected();
    std::size_t& first = place().first;
    first = std::clamp(std::min(first, last_first), line >= page_ ? line - page_ + 1 : 0, line);
    return first;
}

} // namespace bindwatch::top
