// SPDX-License-Identifier: Apache-2.0
#include "kernel/preemption.hpp"

#include <sys/utsname.h>

#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

namespace bindwatch {
namespace {

std::optional<Preemption> model_of(std::string_view word) {
    constexpr std::array words{std::pair{"none", Preemption::none},
                               std::pair{"voluntary", Preemption::voluntary},
                               std::pair{"lazy", Preemption::lazy}, std::pair{"full", Preemption::full}};
    for (const auto& [name, model] : words) {
        if (word == name) {
            return model;
        }
    }
    return std::nullopt;
}

bool has_word(const std::string& text, std::string_view wanted) {
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (word == wanted) {
            return true;
        }
    }
    return false;
}

/// "none (voluntary) full"
std::optional<Preemption> bracketed(std::string_view models) {
    const auto open = models.find('(');
    const auto close = models.find(')', open);
    if (close == std::string_view::npos) {
        return std::nullopt;
    }
    return model_of(models.substr(open + 1, close - open - 1));
}

/// The last preempt= counts.
std::optional<Preemption> parameter(const std::string& command_line) {
    constexpr std::string_view key = "preempt=";
    std::optional<Preemption> found;
    std::istringstream words(command_line);
    for (std::string word; words >> word;) {
        if (word.starts_with(key)) {
            if (auto model = model_of(std::string_view(word).substr(key.size()))) {
                found = model;
            }
        }
    }
    return found;
}

std::optional<Preemption> built_as(const std::string& build) {
    constexpr std::array options{std::pair{"CONFIG_PREEMPT_NONE=y", Preemption::none},
                                 std::pair{"CONFIG_PREEMPT_VOLUNTARY=y", Preemption::voluntary},
                                 std::pair{"CONFIG_PREEMPT_LAZY=y", Preemption::lazy},
                                 std::pair{"CONFIG_PREEMPT=y", Preemption::full}};
    for (const auto& [option, model] : options) {
        if (has_word(build, option)) {
            return model;
        }
    }
    return std::nullopt;
}

std::string read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

PreemptionModel preemption_model(const PreemptionFacts& facts) {
    if (auto model = bracketed(facts.debugfs)) {
        return {*model, "/sys/kernel/debug/sched/preempt"};
    }
    // init/Makefile puts one of three words into the version, or none. PREEMPT stands for lazy as well as for
    // full.
    if (has_word(facts.version, "PREEMPT_RT") || has_word(facts.version, "PREEMPT")) {
        return {Preemption::full, "uname -v"};
    }
    if (!has_word(facts.version, "PREEMPT_DYNAMIC")) {
        return {facts.version.empty() ? Preemption::unknown : Preemption::voluntary, "uname -v"};
    }
    if (auto model = parameter(facts.command_line)) {
        return {*model, "/proc/cmdline"};
    }
    if (auto model = built_as(facts.build)) {
        return {*model, "the kernel's configuration"};
    }
    return {Preemption::unknown, "chosen at boot, and nothing readable says how"};
}

PreemptionFacts read_preemption_facts() {
    utsname name{};
    uname(&name);
    const std::string release = name.release;
    PreemptionFacts facts{.debugfs = read("/sys/kernel/debug/sched/preempt"),
                          .version = name.version,
                          .command_line = read("/proc/cmdline"),
                          .build = read("/boot/config-" + release)};
    if (facts.build.empty()) {
        facts.build = read("/lib/modules/" + release + "/config");
    }
    return facts;
}

bool preempts_programs(Preemption preemption) {
    switch (preemption) {
    case Preemption::none:
    case Preemption::voluntary: return false;
    case Preemption::lazy:
    case Preemption::full:
    case Preemption::unknown: return true;
    }
    return true;
}

std::string describe(const PreemptionModel& model) {
    const auto words = [&]() -> std::string_view {
        switch (model.preemption) {
        case Preemption::none:
        case Preemption::voluntary: return "not preemptible";
        case Preemption::lazy: return "lazily preemptible";
        case Preemption::full: return "fully preemptible";
        case Preemption::unknown: return "perhaps preemptible";
        }
        return {};
    };
    return std::string(words()) + " (" + model.source + ")";
}

} // namespace bindwatch
