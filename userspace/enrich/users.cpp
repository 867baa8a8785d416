// SPDX-License-Identifier: Apache-2.0
#include "enrich/users.hpp"

#include <pwd.h>

#include <array>
#include <cstdio>
#include <memory>

namespace bindwatch {
namespace {

constexpr auto remembered_for = std::chrono::minutes(1);
constexpr std::size_t most_known = 4096;

} // namespace

const std::optional<std::string>& Users::name_of(std::uint32_t uid, Clock::time_point now) {
    auto found = known_.find(uid);
    if (found == known_.end() || found->second.until <= now) {
        if (known_.size() >= most_known) {
            known_.clear();
        }
        found = known_.insert_or_assign(uid, Known{look_up_(uid), now + remembered_for}).first;
    }
    return found->second.name;
}

#ifdef BINDWATCH_STATIC
std::optional<std::string> look_up_user(std::uint32_t uid) {
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen("/etc/passwd", "re"), &std::fclose);
    std::array<char, 4096> memory{};
    passwd entry{};
    passwd* found = nullptr;
    while (file && fgetpwent_r(file.get(), &entry, memory.data(), memory.size(), &found) == 0) {
        if (entry.pw_uid == uid) {
            return entry.pw_name;
        }
    }
    return std::nullopt;
}
#else
std::optional<std::string> look_up_user(std::uint32_t uid) {
    std::array<char, 16384> memory{};
    passwd entry{};
    passwd* found = nullptr;
    if (getpwuid_r(uid, &entry, memory.data(), memory.size(), &found) != 0 || found == nullptr) {
        return std::nullopt;
    }
    return entry.pw_name;
}
#endif

} // namespace bindwatch
