// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

namespace bindwatch {

/// User names, remembered for a minute: a name service may be slow, and the reader of the ring must not wait
/// for it at every event. A uid without a name is remembered as such.
class Users {
  public:
    using LookUp = std::function<std::optional<std::string>(std::uint32_t uid)>;
    using Clock = std::chrono::steady_clock;

    explicit Users(LookUp look_up) : look_up_(std::move(look_up)) {}

    /// Valid until the next call.
    const std::optional<std::string>& name_of(std::uint32_t uid, Clock::time_point now);

  private:
    struct Known {
        std::optional<std::string> name;
        Clock::time_point until;
    };
    LookUp look_up_;
    std::unordered_map<std::uint32_t, Known> known_;
};

/// Asks the machine: its name services, or in a static build /etc/passwd alone.
std::optional<std::string> look_up_user(std::uint32_t uid);

} // namespace bindwatch
