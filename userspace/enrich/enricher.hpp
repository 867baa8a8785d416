// SPDX-License-Identifier: Apache-2.0
/// What the kernel's record cannot say: names for numbers, and what it failed to read. The OS stands behind
/// Host.
#pragma once

#include "decode/decoder.hpp"
#include "enrich/users.hpp"

#include <bindwatch/event.hpp>

#include <optional>
#include <string>
#include <vector>

namespace bindwatch {

/// The edge of the OS: what a test replaces.
class Host {
  public:
    Host() = default;
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    virtual ~Host() = default;

    virtual std::optional<std::string> user_name(std::uint32_t uid) = 0;
    /// /proc/PID/cmdline, if that process is the one that started at `start_time_ns` (wall clock).
    virtual std::optional<std::vector<std::string>> args_of(std::uint32_t pid,
                                                            std::int64_t start_time_ns) = 0;
};

/// The machine that we run on.
class LiveHost final : public Host {
  public:
    std::optional<std::string> user_name(std::uint32_t uid) override;
    std::optional<std::vector<std::string>> args_of(std::uint32_t pid, std::int64_t start_time_ns) override;
};

class Enricher {
  public:
    explicit Enricher(Host& host)
        : host_(host), users_([&host](std::uint32_t uid) { return host.user_name(uid); }) {}

    /// Only a record with process facts has anything to enrich.
    void enrich(const Decoded& decoded, Event& event);

  private:
    Host& host_;
    Users users_;
};

} // namespace bindwatch
