// SPDX-License-Identifier: Apache-2.0
/// What the person in front of `top` has chosen to see. Pure.
#pragma once

#include "top/key.hpp"
#include "top/model.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bindwatch::top {

enum class Pane : std::uint8_t { claims, alerts, failures, events };
inline constexpr std::size_t panes = 4;
enum class Sort : std::uint8_t { time, port, process };

class View {
  public:
    /// The model must outlive it.
    explicit View(Model& model) : model_(model) {}

    void press(Key key);

    /// False: the person wants to end.
    [[nodiscard]] bool running() const { return running_; }
    /// Ctrl-L: somebody else has written on the terminal. True once.
    [[nodiscard]] bool take_redraw();

    [[nodiscard]] Pane pane() const { return pane_; }
    [[nodiscard]] Sort sort() const { return sort_; }
    [[nodiscard]] const std::string& filter() const { return filter_; } ///< printable
    [[nodiscard]] bool typing() const { return typing_; }
    [[nodiscard]] bool help() const { return help_; }
    /// What is shown alone. Null: a list is.
    struct Detail {
        Entry entry;
        bool claim = false; ///< it is a claim, as it is now or was last; else an event that has been
        bool ended = false; ///< of a claim
    };
    [[nodiscard]] const std::optional<Detail>& detail();
    [[nodiscard]] bool detail_shown() const { return detail_.has_value(); }

    /// The lines of the pane that pass the filter, in its order. Valid until the model changes or a key is
    /// pressed.
    [[nodiscard]] const std::vector<const Entry*>& rows();
    /// Of rows(); 0 where there are none. It stays on its entry while others come and go; on the first line
    /// it stays on the first line.
    [[nodiscard]] std::size_t selected();
    /// The first line to show where `page` of `count` find room: of the list so that the selected one is in
    /// sight.
    [[nodiscard]] std::size_t first_shown(std::size_t page, std::size_t count);

  private:
    struct Place {
        std::optional<std::uint64_t> id; ///< Entry::id; null: the first line, whatever it is
        std::size_t line = 0;
        std::size_t first = 0;
    };

    [[nodiscard]] Place& place() { return places_.at(static_cast<std::size_t>(pane_)); }
    void type(Key key);
    void command(char32_t character);
    void go_back();
    void open_detail();
    void follow_port();
    void stop_following();
    void move(Key::Name name);
    void select(std::size_t line);
    void show(Pane pane);
    void turn_pane(std::size_t by);
    void collect();

    Model& model_;
    Pane pane_ = Pane::claims;
    Pane before_following_ = Pane::claims;
    Sort sort_ = Sort::time;
    std::string filter_;
    bool typing_ = false;
    bool help_ = false;
    bool running_ = true;
    bool redraw_ = false;
    std::optional<Detail> detail_;
    std::size_t detail_first_ = 0; ///< its first line that is shown
    std::array<Place, panes> places_;
    std::size_t page_ = 1; ///< as first_shown() was last told
    std::vector<const Entry*> rows_;
    std::optional<std::uint64_t> rows_version_; ///< of the model; null: to be collected anew
};

} // namespace bindwatch::top
