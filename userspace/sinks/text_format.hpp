// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sinks/local_time.hpp"
#include "sinks/sink.hpp"
#include "sinks/style.hpp"
#include "sinks/text_layout.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bindwatch {

struct TextOptions {
    std::size_t width = 0; ///< cells of the terminal; 0: unlimited, one line for each event and each alert
    bool color = false;
    Clock clock = Clock::local;
};

/// `-o text`: a table for a person. The header comes with the start record, or before the first line without
/// one; an alert is a line of its own under its event. Start and stop say nothing else: the summary is not an
/// event. On a terminal what does not fit a column is shortened, and what matters too much for that (alerts,
/// why a call failed) goes on below.
class TextFormatter final : public Formatter {
  public:
    explicit TextFormatter(TextOptions options);

    void append(std::string& out, StreamPosition at, const Event& event) override;
    void append(std::string& out, StreamPosition at, const StartRecord& record) override;
    void append(std::string& out, StreamPosition at, const LostRecord& record) override;
    void append(std::string& out, StreamPosition at, const StopRecord& record) override;
    void resize(std::size_t width) override;

  private:
    void header(std::string& out);
    void meaning(std::string& out, const Event& event, std::string& below);
    void alert(std::string& out, const Event& event, const Alert& alert);
    void cell(std::string& out, text::Column column, std::string_view text, Style style) const;
    /// `mark`, then the text, wrapped under itself where the terminal ends.
    void paragraph(std::string& out, std::string_view mark, std::string_view text, Style style) const;
    void styled(std::string& out, std::string_view text, Style style) const;

    TextOptions options_;
    text::Layout layout_;
    TimeOfDay time_;
    bool header_written_ = false;
};

} // namespace bindwatch
