// SPDX-License-Identifier: Apache-2.0
#include "terminal/crash_guard.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace bindwatch {
namespace {

// What the handler reads: it may interrupt anything, so all of it is here before `armed` is set.
std::array<char, 512> leaving_bytes;
std::size_t leaving_size = 0;
termios termios_before;
volatile std::sig_atomic_t armed = 0;
/// For a stack that has run over.
alignas(16) std::array<char, 16384> handler_stack;

/// All that end a process unless it does something about them; SIGINT, SIGTERM and SIGHUP are read as usual
/// input.
constexpr std::array deadly{SIGABRT, SIGSEGV, SIGBUS,  SIGILL,  SIGFPE,    SIGSYS,
                            SIGTRAP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2,   SIGXCPU,
                            SIGXFSZ, SIGPROF, SIGIO,   SIGPWR,  SIGSTKFLT, SIGVTALRM};

/// Only what signal-safety(7) allows. The action is the default again (SA_RESETHAND), and the signal is
/// blocked until the return.
extern "C" void give_back(int signal) {
    const int saved_errno = errno;
    if (armed != 0) {
        armed = 0;
        for (std::size_t at = 0; at < leaving_size;) {
            const ssize_t written = write(STDOUT_FILENO, leaving_bytes.data() + at, leaving_size - at);
            if (written <= 0) {
                break;
            }
            at += static_cast<std::size_t>(written);
        }
        tcsetattr(STDIN_FILENO, TCSANOW, &termios_before);
    }
    errno = saved_errno;
    raise(signal);
}

void catch_deadly_signals() {
    static bool caught = false;
    if (caught) {
        return;
    }
    caught = true;
    stack_t stack{};
    stack.ss_sp = handler_stack.data();
    stack.ss_size = handler_stack.size();
    sigaltstack(&stack, nullptr);
    struct sigaction action {};
    action.sa_handler = give_back;
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (const int signal : deadly) {
        struct sigaction before {};
        if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(signal, &action, nullptr);
        }
    }
}

} // namespace

void arm_crash_guard(std::string_view leaving, const termios& before) {
    armed = 0;
    leaving_size = std::min(leaving.size(), leaving_bytes.size());
    std::copy_n(leaving.begin(), leaving_size, leaving_bytes.begin());
    termios_before = before;
    catch_deadly_signals();
    armed = 1;
}

void disarm_crash_guard() {
    armed = 0;
}

} // namespace bindwatch
