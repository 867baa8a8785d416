// SPDX-License-Identifier: Apache-2.0
/// Targets that are file descriptors.
#pragma once

#include "sinks/sink.hpp"
#include "util/unique_fd.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace bindwatch {

/// A descriptor that somebody else owns: stdout. SIGPIPE must be ignored, so that a reader that has gone
/// shows as WriteStatus::closed.
class FdTarget final : public Target {
  public:
    /// `name` is what messages call it.
    FdTarget(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

    Result<WriteStatus> write(std::string_view lines) override;
    [[nodiscard]] std::size_t terminal_width() const override;

  private:
    int fd_;
    std::string name_;
};

/// A file, appended to, made with mode 0640 if it is not there.
class FileTarget final : public Target {
  public:
    /// Exit status 2 and the path in the message if it cannot be opened.
    [[nodiscard]] static Result<std::unique_ptr<FileTarget>> open(std::string path);

    Result<WriteStatus> write(std::string_view lines) override;
    Result<void> reopen() override;
    [[nodiscard]] std::size_t terminal_width() const override;
    [[nodiscard]] int fd() const { return fd_.get(); }

  private:
    FileTarget(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    UniqueFd fd_;
    std::string path_;
};

} // namespace bindwatch
