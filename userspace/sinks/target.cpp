// SPDX-License-Identifier: Apache-2.0
#include "sinks/target.hpp"

#include "sinks/printable.hpp"
#include "sinks/terminal.hpp"

#include <bindwatch/names.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace bindwatch {
namespace {

constexpr mode_t owner_and_group = 0640;

std::string failure_of(std::string_view what, std::string_view name, int error) {
    std::string message(what);
    return message.append(printable(name))
        .append(": ")
        .append(errno_message(static_cast<std::uint32_t>(error)));
}

/// Somebody made the descriptor non-blocking (it is shared with other processes): wait as if it were not.
void wait_until_writable(int fd) {
    pollfd wanted{.fd = fd, .events = POLLOUT, .revents = 0};
    ::poll(&wanted, 1, -1);
}

Result<WriteStatus> write_all(int fd, std::string_view name, std::string_view lines) {
    while (!lines.empty()) {
        const ssize_t written = ::write(fd, lines.data(), lines.size());
        if (written >= 0) {
            lines.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            return WriteStatus::closed;
        } else if (errno == EAGAIN) {
            wait_until_writable(fd);
        } else if (errno != EINTR) {
            return fail(ExitCode::failure, failure_of("cannot write to ", name, errno));
        }
    }
    return WriteStatus::ok;
}

Result<UniqueFd> open_for_append(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, owner_and_group));
    if (!fd) {
        return fail(ExitCode::usage, failure_of("cannot open ", path, errno));
    }
    return fd;
}

} // namespace

Result<WriteStatus> FdTarget::write(std::string_view lines) {
    return write_all(fd_, name_, lines);
}

std::size_t FdTarget::terminal_width() const {
    return bindwatch::terminal_width(fd_);
}

Result<std::unique_ptr<FileTarget>> FileTarget::open(std::string path) {
    Result<UniqueFd> fd = open_for_append(path);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    return std::unique_ptr<FileTarget>(new FileTarget(std::move(*fd), std::move(path)));
}

Result<WriteStatus> FileTarget::write(std::string_view lines) {
    return write_all(fd_.get(), path_, lines);
}

Result<void> FileTarget::reopen() {
    Result<UniqueFd> fd = open_for_append(path_);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    fd_ = std::move(*fd);
    return {};
}

std::size_t FileTarget::terminal_width() const {
    return bindwatch::terminal_width(fd_.get());
}

} // namespace bindwatch
