// SPDX-License-Identifier: Apache-2.0
#include "terminal/terminal.hpp"

#include "sinks/utf8.hpp"
#include "terminal/crash_guard.hpp"
#include "terminal/terminal_type.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <csignal>
#include <cwchar>
#include <string_view>
#include <utility>

// Last, and without the macros that it makes of ordinary words.
#define NCURSES_NOMACROS   // NOLINT(readability-identifier-naming)
#define NCURSES_WIDECHAR 1 // NOLINT(readability-identifier-naming)
#include <curses.h>

namespace bindwatch {
namespace {

/// Enough for the rest of an escape sequence over a slow line; a person's Esc waits as long.
constexpr int escape_delay_ms = 50;

using top::Key;

constexpr short pair_plain = 0; // ncurses' own
constexpr short pair_green = 1;
constexpr short pair_cyan = 2;
constexpr short pair_yellow = 3;
constexpr short pair_red = 4;

struct Looks {
    attr_t attributes;
    short pair;
};

Looks looks_of(Style style) {
    switch (style) {
    case Style::plain: return {A_NORMAL, pair_plain};
    case Style::dim: return {A_DIM, pair_plain};
    case Style::bold: return {A_BOLD, pair_plain};
    case Style::green: return {A_NORMAL, pair_green};
    case Style::cyan: return {A_NORMAL, pair_cyan};
    case Style::yellow: return {A_NORMAL, pair_yellow};
    case Style::red: return {A_NORMAL, pair_red};
    }
    std::unreachable();
}

Key named(Key::Name name) {
    return {.name = name};
}

Key key_of_code(wint_t code) {
    switch (code) {
    case KEY_UP: return named(Key::Name::up);
    case KEY_DOWN: return named(Key::Name::down);
    case KEY_PPAGE: return named(Key::Name::page_up);
    case KEY_NPAGE: return named(Key::Name::page_down);
    case KEY_HOME: return named(Key::Name::home);
    case KEY_END: return named(Key::Name::end);
    case KEY_ENTER: return named(Key::Name::enter);
    case KEY_BACKSPACE: return named(Key::Name::backspace);
    case KEY_BTAB: return named(Key::Name::back_tab);
    default: return named(Key::Name::other);
    }
}

Key key_of_character(wint_t character) {
    switch (character) {
    case '\t': return named(Key::Name::tab);
    case '\r':
    case '\n': return named(Key::Name::enter);
    case '\x1b': return named(Key::Name::escape);
    case '\b':
    case '\x7f': return named(Key::Name::backspace);
    default: return {.name = Key::Name::character, .character = static_cast<char32_t>(character)};
    }
}

/// One character with its combining marks.
struct Cluster {
    std::array<wchar_t, CCHARW_MAX + 1> text{};
    std::size_t length = 0;
    unsigned width = 0;
};

void put(int line, int column, const Cluster& cluster, attr_t attributes, short pair) {
    cchar_t cell{};
    if (std::cmp_equal(::wcwidth(cluster.text[0]), cluster.width)) {
        setcchar(&cell, cluster.text.data(), attributes, pair, nullptr);
        mvadd_wch(line, column, &cell);
        return;
    }
    setcchar(&cell, L"?", attributes, pair, nullptr);
    for (unsigned i = 0; i < cluster.width; ++i) {
        mvadd_wch(line, column + static_cast<int>(i), &cell);
    }
}

/// The column after it.
int put(int line, int column, std::string_view text, attr_t attributes, short pair) {
    Cluster cluster;
    const auto flush = [&] {
        if (cluster.length > 0) {
            put(line, column, cluster, attributes, pair);
            column += static_cast<int>(cluster.width);
        }
        cluster = {};
    };
    while (!text.empty()) {
        const CodePoint next = next_code_point(text);
        text.remove_prefix(next.bytes);
        const unsigned width = display_width(next.value);
        if (width > 0) {
            flush();
            cluster.width = width;
        }
        if (cluster.width > 0 && cluster.length < CCHARW_MAX) {
            cluster.text.at(cluster.length++) = static_cast<wchar_t>(next.value);
        }
    }
    flush();
    return column;
}

} // namespace

Result<std::unique_ptr<Terminal>> Terminal::open(bool color) {
    // What we write is UTF-8 whatever the environment says, and known to be harmless.
    std::setlocale(LC_CTYPE, "C.UTF-8");
    std::unique_ptr<Terminal> terminal(new Terminal(color));
    if (tcgetattr(STDIN_FILENO, &terminal->before_) != 0) {
        return fail(ExitCode::failure, "top: the terminal's settings cannot be read");
    }
    terminal->screen_ = newterm(nullptr, stdout, stdin);
    if (terminal->screen_ == nullptr) {
        return fail(ExitCode::failure, "top: the terminal cannot be set up");
    }
    terminal->set_up();
    return terminal;
}

void Terminal::set_up() {
    arm();
    cbreak();
    noecho();
    // Ctrl-S would stop the output, and with it everything.
    termios settings{};
    if (tcgetattr(STDIN_FILENO, &settings) == 0) {
        settings.c_iflag &= ~static_cast<tcflag_t>(IXON);
        tcsetattr(STDIN_FILENO, TCSANOW, &settings);
        def_prog_mode();
    }
    set_escdelay(escape_delay_ms);
    WINDOW* const keys = newpad(1, 1);
    keys_ = keys;
    keypad(keys, true);
    nodelay(keys, true);
    curs_set(0);
    color_ = color_ && has_colors();
    if (color_) {
        start_color();
        use_default_colors();
        init_pair(pair_green, COLOR_GREEN, -1);
        init_pair(pair_cyan, COLOR_CYAN, -1);
        init_pair(pair_yellow, COLOR_YELLOW, -1);
        init_pair(pair_red, COLOR_RED, -1);
    }
    resize();
}

void Terminal::arm() {
    arm_crash_guard(leaving_sequence(), before_);
}

Terminal::~Terminal() {
    if (screen_ == nullptr) {
        return;
    }
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
    disarm_crash_guard();
    delwin(static_cast<WINDOW*>(keys_));
    delscreen(screen_);
}

top::Size Terminal::size() const { // NOLINT(readability-convert-member-functions-to-static)
    return {.width = static_cast<std::size_t>(getmaxx(stdscr)),
            .height = static_cast<std::size_t>(getmaxy(stdscr))};
}

void Terminal::show(const top::Screen& screen) { // NOLINT(readability-make-member-function-const)
    werase(stdscr);
    int line = 0;
    for (const top::Line& spans : screen.lines) {
        int column = 0;
        for (const top::Span& span : spans) {
            const Looks looks = looks_of(span.style);
            const attr_t attributes = looks.attributes | (span.reversed ? A_REVERSE : A_NORMAL);
            column = put(line, column, span.text, attributes, color_ ? looks.pair : pair_plain);
        }
        ++line;
    }
    if (screen.cursor) {
        wmove(stdscr, static_cast<int>(screen.cursor->line), static_cast<int>(screen.cursor->column));
    }
    curs_set(screen.cursor ? 1 : 0);
    wrefresh(stdscr);
}

void Terminal::repaint() { // NOLINT(readability-convert-member-functions-to-static)
    clearok(curscr, true);
}

std::optional<Key> Terminal::next_key() {
    wint_t read = 0;
    switch (wget_wch(static_cast<WINDOW*>(keys_), &read)) {
    case OK: return key_of_character(read);
    case KEY_CODE_YES: return key_of_code(read);
    default: return std::nullopt;
    }
}

bool Terminal::at_end() const { // NOLINT(readability-convert-member-functions-to-static)
    int waiting = 0;
    return ioctl(STDIN_FILENO, FIONREAD, &waiting) != 0;
}

void Terminal::resize() { // NOLINT(readability-convert-member-functions-to-static)
    winsize now{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) == 0 && now.ws_row > 0 && now.ws_col > 0) {
        resizeterm(now.ws_row, now.ws_col);
        clearok(curscr, true);
    }
}

void Terminal::suspend() {
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
    disarm_crash_guard();
    // ncurses has a handler of its own for it.
    struct sigaction ordinary {};
    struct sigaction of_ncurses {};
    ordinary.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &ordinary, &of_ncurses);
    sigset_t stop{};
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    raise(SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, nullptr); // here it stops
    pthread_sigmask(SIG_BLOCK, &stop, nullptr);
    sigaction(SIGTSTP, &of_ncurses, nullptr);
    resume();
}

void Terminal::resume() {
    // What the shell uses now is what it gets back.
    arm();
    reset_prog_mode();
    clearok(curscr, true);
    wrefresh(stdscr);
}

} // namespace bindwatch
