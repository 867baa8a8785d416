// SPDX-License-Identifier: Apache-2.0
#include "util/child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace bindwatch {
namespace {

constexpr int not_found = 127;
constexpr int not_executable = 126;

int status_of_exec(int error) {
    return error == ENOENT || error == ENOTDIR ? not_found : not_executable;
}

Error child_error(int error) {
    return {ExitCode::failure, "cannot start a process: " + std::string(strerror(error))};
}

bool read_int(int fd, int& number) {
    ssize_t bytes = 0;
    do {
        bytes = ::read(fd, &number, sizeof(number));
    } while (bytes < 0 && errno == EINTR);
    return bytes == sizeof(number);
}

[[noreturn]] void become(const std::vector<char*>& words, int go, int failure) {
    char byte = 0;
    if (::read(go, &byte, 1) != 1) {
        _exit(not_executable); // bindwatch has given up
    }
    std::signal(SIGPIPE, SIG_DFL); // main() ignores it
    execvp(words.front(), words.data());
    const int error = errno;
    static_cast<void>(::write(failure, &error, sizeof(error)));
    _exit(status_of_exec(error));
}

} // namespace

Result<Child> Child::prepare(const std::vector<std::string>& command) {
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (const std::string& word : command) {
        words.push_back(
            const_cast<char*>(word.c_str())); // NOLINT(cppcoreguidelines-pro-type-const-cast): execvp's type
    }
    words.push_back(nullptr);
    std::array<int, 2> go{};
    std::array<int, 2> failure{};
    if (pipe2(go.data(), O_CLOEXEC) != 0) {
        return std::unexpected(child_error(errno));
    }
    const UniqueFd wait(go[0]);
    UniqueFd let_go(go[1]);
    if (pipe2(failure.data(), O_CLOEXEC) != 0) {
        return std::unexpected(child_error(errno));
    }
    UniqueFd told(failure[0]);
    const UniqueFd tell(failure[1]);
    prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL);
    const pid_t pid = fork();
    if (pid < 0) {
        return std::unexpected(child_error(errno));
    }
    if (pid == 0) {
        let_go.reset();
        become(words, wait.get(), tell.get());
    }
    return Child(pid, command.front(), std::move(let_go), std::move(told));
}

Result<void> Child::start() {
    const char byte = 0;
    int error = 0;
    if (::write(go_.get(), &byte, 1) != 1 || read_int(failure_.get(), error)) {
        reap();
        // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): after `run` it is any number
        return fail(static_cast<ExitCode>(status_of_exec(error)),
                    "run: '" + name_ + "' cannot be executed: " + strerror(error != 0 ? error : ECHILD));
    }
    return {};
}

void Child::send(int signal) const {
    if (!status_) {
        kill(pid_, signal);
    }
}

void Child::reap() {
    int status = 0;
    pid_t pid = 0;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == pid_) {
            status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        }
    }
    all_gone_ = pid < 0 && errno == ECHILD;
}

} // namespace bindwatch
