// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "top/rows.hpp"
#include "top/screen.hpp"
#include "top/view.hpp"

#include <cstdint>

namespace bindwatch::top {

/// A screen that is smaller says so, and nothing else.
inline constexpr Size least_size{.width = 40, .height = 8};

/// Puts model and view into lines. Pure but for the view's place in its list, which follows the screen's
/// height.
class Layout {
  public:
    /// Both must outlive it.
    Layout(const Model& model, const Surroundings& surroundings)
        : model_(model), surroundings_(surroundings), rows_(surroundings) {}

    /// `now_ns`: the wall clock. Every line is as wide as the screen.
    [[nodiscard]] Screen draw(View& view, Size size, std::int64_t now_ns);

  private:
    void header(std::vector<Line>& lines, const View& view, std::size_t width) const;
    void newest_alerts(std::vector<Line>& lines, const View& view, Size size);
    void list(std::vector<Line>& lines, View& view, Size size);
    void one(std::vector<Line>& lines, View& view, const View::Detail& detail, Size size,
             std::int64_t now_ns) const;
    [[nodiscard]] Line titles(const View& view) const;
    [[nodiscard]] Line row(Pane pane, const Entry& entry);

    const Model& model_;
    const Surroundings& surroundings_;
    Rows rows_;
};

} // namespace bindwatch::top
