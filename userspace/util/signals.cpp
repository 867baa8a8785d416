// SPDX-License-Identifier: Apache-2.0
#include "util/signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace bindwatch {

Signals::Signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t set{};
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&set, signal);
    }
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    fd_.reset(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

Signal Signals::next() const {
    signalfd_siginfo info{};
    if (read(fd_.get(), &info, sizeof(info)) != sizeof(info)) {
        return Signal::none;
    }
    return info.ssi_signo == SIGHUP ? Signal::reload : Signal::stop;
}

} // namespace bindwatch
