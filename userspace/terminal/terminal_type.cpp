// SPDX-License-Identifier: Apache-2.0
#include "terminal/terminal_type.hpp"

#include "cli/words.hpp"
#include "sinks/terminal.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

// Last: it makes macros of ordinary words.
#define NCURSES_NOMACROS // NOLINT(readability-identifier-naming)
#include <curses.h>
#include <term.h>

namespace bindwatch {
namespace {

/// "" for what the terminal cannot do. The pauses that old terminals need ("$<5>") are left out.
std::string capability(const char* name) {
    const char* const found = tigetstr(name);
    if (found == nullptr || found == reinterpret_cast<const char*>(-1)) { // NOLINT: its own "no such name"
        return {};
    }
    std::string out;
    for (std::string_view rest = found; !rest.empty();) {
        const auto pause = rest.find("$<");
        out += rest.substr(0, pause);
        const auto end = pause == std::string_view::npos ? pause : rest.find('>', pause);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return out;
}

std::unexpected<Error> unusable(const std::string& why) {
    return fail(ExitCode::usage, "top: " + why);
}

} // namespace

Result<void> check_terminal() {
    for (const auto& [fd, name] : {std::pair(STDIN_FILENO, "stdin"), std::pair(STDOUT_FILENO, "stdout")}) {
        if (!is_terminal(fd)) {
            return unusable(std::string("needs a terminal, and ") + name +
                            " is none; list, and bindwatch itself, write to files and pipes");
        }
    }
    const char* const term = std::getenv("TERM");
    if (term == nullptr || *term == '\0') {
        return unusable(
            "TERM is not set, so nobody knows what this terminal can do; TERM=xterm may be right");
    }
    int known = 0;
    if (setupterm(term, STDOUT_FILENO, &known) != OK) {
        return unusable("TERM is " + in_quotes(term) +
                        (known < 0 ? ", and no terminfo database was found"
                                   : ", which is not known on this machine; TERM=xterm may be right"));
    }
    const bool moves = !capability("cup").empty();
    del_curterm(cur_term);
    if (!moves) {
        return unusable("TERM is " + in_quotes(term) + ", a terminal that cannot move its cursor");
    }
    return {};
}

std::string leaving_sequence() {
    return capability("sgr0") + capability("rmkx") + capability("cnorm") + capability("rmcup");
}

} // namespace bindwatch
