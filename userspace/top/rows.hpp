// SPDX-License-Identifier: Apache-2.0
/// An entry of a list as a line, and as what a person may look for. Pure.
#pragma once

#include "sinks/local_time.hpp"
#include "sinks/text_layout.hpp"
#include "top/model.hpp"
#include "top/screen.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bindwatch::top {

/// What is the same for the whole run.
struct Surroundings {
    std::string filters;         ///< of the command line, as one JSON object; "{}": none
    std::uint32_t own_netns = 0; ///< sockets in another are marked
    Clock clock = Clock::local;
};

/// Cuts a line to `width` cells, and fills it up with spaces.
void fit(Line& line, std::size_t width);

/// The columns are those of the text output.
class Rows {
  public:
    explicit Rows(const Surroundings& surroundings);

    /// For lines of at most `width` cells, at this moment of the wall clock.
    void set(std::size_t width, std::int64_t now_ns);

    /// `time`, `event`: what stands over the first two columns.
    [[nodiscard]] Line titles(std::string_view time, std::string_view event, std::string_view last) const;
    [[nodiscard]] Line claim(const Entry& entry);
    [[nodiscard]] Line failure(const Entry& entry);
    [[nodiscard]] Line event(const Entry& entry);
    /// Time, severity and the whole sentence.
    [[nodiscard]] Line alert(const Entry& entry);
    [[nodiscard]] Line alert_titles() const;

  private:
    void cell(Line& line, text::Column column, std::string_view text, Style style) const;
    void who_and_where(Line& line, const Event& event) const;
    [[nodiscard]] Line alert_line(Span time, Span severity, Span sentence) const;
    /// The last column: a text, and what fits of the notes.
    void last(Line& line, std::string_view text, Style style, const std::vector<std::string>& notes) const;
    /// 12 cells; with the day instead of the seconds if that was not in the last 24 hours.
    [[nodiscard]] std::string time(std::int64_t time_ns);

    const Surroundings& surroundings_;
    text::Layout layout_;
    std::size_t width_ = 0;
    std::int64_t now_ns_ = 0;
    TimeOfDay time_of_day_;
};

/// "listen", "bound" or another state.
[[nodiscard]] std::string_view state_of(const Entry& entry);

/// Whether each word of `filter` is found, in any case of the letters, in what the entry says of port,
/// transport, process, address, user, container, registry, error and alerts.
[[nodiscard]] bool passes(const Entry& entry, std::string_view filter);

} // namespace bindwatch::top
