// SPDX-License-Identifier: Apache-2.0
#include "sinks/style.hpp"

#include <utility>

namespace bindwatch {
namespace {

std::string_view code_of(Style style) {
    switch (style) {
    case Style::plain: return "";
    case Style::dim: return "\x1b[2m";
    case Style::bold: return "\x1b[1m";
    case Style::green: return "\x1b[32m";
    case Style::cyan: return "\x1b[36m";
    case Style::yellow: return "\x1b[33m";
    case Style::red: return "\x1b[31m";
    }
    std::unreachable();
}

} // namespace

void append_styled(std::string& out, std::string_view text, Style style, bool color) {
    if (!color || style == Style::plain || text.empty()) {
        out.append(text);
        return;
    }
    out.append(code_of(style)).append(text).append("\x1b[0m");
}

} // namespace bindwatch
