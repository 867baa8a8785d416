// SPDX-License-Identifier: Apache-2.0
#include "util/signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace bindwatch {

Signals::Signals(For whom) : whom_(whom) {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t set{};
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&set, signal);
    }
    if (whom_ == For::command) {
        for (const int signal : {SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD}) {
            sigaddset(&set, signal);
        }
    }
    if (whom_ == For::screen) {
        for (const int signal : {SIGWINCH, SIGTSTP, SIGCONT}) {
            sigaddset(&set, signal);
        }
    }
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    fd_.reset(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

ReceivedSignal Signals::next() const {
    signalfd_siginfo info{};
    while (read(fd_.get(), &info, sizeof(info)) == sizeof(info)) {
        const int number = static_cast<int>(info.ssi_signo);
        if (whom_ == For::self) {
            return {number == SIGHUP ? Signal::reload : Signal::stop, number};
        }
        if (whom_ == For::screen) {
            const bool ends = number == SIGINT || number == SIGTERM || number == SIGHUP;
            return {ends ? Signal::stop : Signal::terminal, number};
        }
        if (number == SIGCHLD) {
            return {Signal::child, number};
        }
        if (info.ssi_code != SI_KERNEL) {
            return {Signal::pass_on, number};
        }
    }
    return {};
}

} // namespace bindwatch
