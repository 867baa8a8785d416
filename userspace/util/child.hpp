// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "util/result.hpp"
#include "util/unique_fd.hpp"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace bindwatch {

/// A command that has a process and waits there before its first instruction until it is let go, and those of
/// its descendants that it leaves behind: this process becomes their parent (PR_SET_CHILD_SUBREAPER,
/// Linux 3.4).
class Child {
  public:
    /// Before the first thread, and before signals are blocked: the command gets this process's signal mask
    /// and privileges.
    [[nodiscard]] static Result<Child> prepare(const std::vector<std::string>& command);

    Child(Child&&) = default;
    Child& operator=(Child&&) = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    /// One that was never let go ends without having done anything.
    ~Child() = default;

    /// Lets it go. An error has the status of a shell: 127 if there is no such command, else 126.
    [[nodiscard]] Result<void> start();
    void send(int signal) const;
    /// After SIGCHLD: collects who has ended.
    void reap();

    /// As a shell has it: 128 + N after signal N. Null: it has not ended yet.
    [[nodiscard]] std::optional<int> status() const { return status_; }
    /// Nor has any descendant left.
    [[nodiscard]] bool all_gone() const { return all_gone_; }

  private:
    Child(pid_t pid, std::string name, UniqueFd go, UniqueFd failure)
        : pid_(pid), name_(std::move(name)), go_(std::move(go)), failure_(std::move(failure)) {}

    pid_t pid_;
    std::string name_;
    UniqueFd go_;      ///< a byte written to it lets the command go
    UniqueFd failure_; ///< the errno of an exec that fails
    std::optional<int> status_;
    bool all_gone_ = false;
};

} // namespace bindwatch
