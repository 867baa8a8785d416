// SPDX-License-Identifier: Apache-2.0
#include "sinks/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace bindwatch {
namespace {

std::string_view environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

} // namespace

bool is_terminal(int fd) {
    return ::isatty(fd) == 1;
}

std::size_t terminal_width(int fd) {
    if (!is_terminal(fd)) {
        return 0;
    }
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) {
        return size.ws_col;
    }
    const std::string_view columns = environment("COLUMNS");
    std::size_t width = 0;
    const auto parsed = std::from_chars(columns.data(), columns.data() + columns.size(), width);
    constexpr std::size_t usual = 80;
    return parsed.ec == std::errc{} && width != 0 ? width : usual;
}

bool use_color(ColorMode mode, int fd) {
    switch (mode) {
    case ColorMode::always: return true;
    case ColorMode::never: return false;
    case ColorMode::automatic: break;
    }
    const std::string_view term = environment("TERM");
    return is_terminal(fd) && environment("NO_COLOR").empty() && !term.empty() && term != "dumb";
}

} // namespace bindwatch
