// SPDX-License-Identifier: Apache-2.0
#include "inventory/tries.hpp"

#include "sinks/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace bindwatch {
namespace {

constexpr std::size_t most_processes = 64;
constexpr std::size_t most_named = 5;

} // namespace

void Tries::add(const Event& event) {
    if (!event.failed() || !event.process) {
        return;
    }
    const auto key = std::pair(event.process->pid, event.process->start_time_ns);
    auto tried = by_process_.find(key);
    if (tried == by_process_.end()) {
        if (by_process_.size() == most_processes) {
            others_ += 1;
            return;
        }
        tried = by_process_.try_emplace(key).first;
    }
    tried->second.comm = event.process->comm;
    tried->second.times += 1;
    tried->second.last_ns = std::max(tried->second.last_ns, event.time_ns);
}

std::string Tries::text(Clock clock) const {
    if (by_process_.empty()) {
        return {};
    }
    std::vector<std::pair<std::uint32_t, const Tried*>> latest;
    latest.reserve(by_process_.size());
    for (const auto& [key, tried] : by_process_) {
        latest.emplace_back(key.first, &tried);
    }
    std::ranges::sort(latest, std::ranges::greater(),
                      [](const auto& each) { return std::pair(each.second->last_ns, each.first); });
    const bool all = others_ == 0;
    std::string out = fmt::format("{}{} {} tried in vain: ", all ? "" : "more than ", latest.size(),
                                  latest.size() == 1 ? "process" : "processes");
    TimeOfDay time(clock);
    for (std::size_t i = 0; i < std::min(latest.size(), most_named); ++i) {
        const auto& [pid, tried] = latest[i];
        out += fmt::format("{}{}[{}] ", i == 0 ? "" : "; ", printable(tried->comm), pid);
        out += tried->times == 1 ? "at " : fmt::format("{} times, last at ", tried->times);
        out += time.format(tried->last_ns);
    }
    if (latest.size() > most_named) {
        out += fmt::format("; and {} more", all ? std::to_string(latest.size() - most_named) : "many");
    }
    return out;
}

} // namespace bindwatch
