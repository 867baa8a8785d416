// SPDX-License-Identifier: Apache-2.0
/// One command's table of flags at work.
#pragma once

#include "cli/flags.hpp"
#include "cli/lookup.hpp"
#include "cli/words.hpp"
#include "util/result.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <fmt/format.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bindwatch {

[[nodiscard]] inline Error usage(std::string message) {
    return Error{ExitCode::usage, std::move(message)};
}

/// One command's flags inside CLI11, which only takes the words apart: they are read from our own table, so
/// that an error is one line of ours.
template <typename Target>
class CommandFlags {
  public:
    CommandFlags(CLI::App& app, std::span<const Flag<Target>> flags) : flags_(flags) {
        // What is left over is ours to report, with the word itself.
        app.allow_extras();
        app.set_help_flag();
        help_ = app.add_flag("-h,--help");
        version_ = app.add_flag("-V,--version");
        for (const auto& flag : flags) {
            const std::string names =
                (flag.letter == 0 ? "" : fmt::format("-{},", flag.letter)) + spelled(flag);
            options_.push_back(flag.value.empty()
                                   ? app.add_flag(names)
                                   : app.add_option(names)->expected(1)->take_all()->allow_extra_args(false));
        }
    }

    [[nodiscard]] bool help() const { return help_->count() > 0; }
    [[nodiscard]] bool version() const { return version_->count() > 0; }

    /// The first flag of the table that was given.
    [[nodiscard]] std::optional<std::string> any() const {
        for (std::size_t i = 0; i < flags_.size(); ++i) {
            if (options_[i]->count() > 0) {
                return spelled(flags_[i]);
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] Result<void> apply(Target& target, const Lookup& lookup) const {
        for (std::size_t i = 0; i < flags_.size(); ++i) {
            if (auto done = apply(target, lookup, flags_[i], *options_[i]); !done) {
                done.error().message.insert(0, spelled(flags_[i]) + ": ");
                return done;
            }
        }
        return {};
    }

  private:
    static std::string spelled(const Flag<Target>& flag) { return "--" + std::string(flag.name); }

    static Result<void> apply(Target& target, const Lookup& lookup, const Flag<Target>& flag,
                              const CLI::Option& option) {
        if (option.count() == 0) {
            return {};
        }
        if (flag.value.empty()) {
            return flag.apply(target, {}, lookup);
        }
        if (!flag.repeatable && option.count() > 1) {
            return fail(ExitCode::usage,
                        "given more than once, last with " + in_quotes(option.results().back()));
        }
        for (const std::string& word : option.results()) {
            if (auto done = flag.apply(target, word, lookup); !done) {
                return done;
            }
        }
        return {};
    }

    std::span<const Flag<Target>> flags_;
    std::vector<CLI::Option*> options_;
    CLI::Option* help_ = nullptr;
    CLI::Option* version_ = nullptr;
};

/// By its letter (-p) or name (--port). Null: it is not in the table.
template <typename Target>
[[nodiscard]] const Flag<Target>* find_flag(std::span<const Flag<Target>> flags, std::string_view word) {
    for (const auto& flag : flags) {
        const bool by_letter = word.size() == 2 && word[0] == '-' && word[1] == flag.letter;
        if (by_letter || (word.starts_with("--") && word.substr(2) == flag.name)) {
            return &flag;
        }
    }
    return nullptr;
}

/// "; did you mean '--port'?"
template <typename Target>
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const Flag<Target>> flags) {
    std::vector<std::string> spellings{"--help", "--version"};
    for (const auto& flag : flags) {
        spellings.push_back("--" + std::string(flag.name));
    }
    const std::vector<std::string_view> candidates(spellings.begin(), spellings.end());
    const auto near = nearest(word, candidates);
    return near && *near != word ? "; did you mean " + in_quotes(*near) + "?" : "; --help lists them";
}

template <typename Target>
[[nodiscard]] Error unknown_flag(std::string_view word, std::span<const Flag<Target>> flags) {
    const std::string_view name = word.substr(0, word.find('='));
    return usage("unknown flag " + in_quotes(name) + suggestion(name, flags));
}

[[nodiscard]] inline bool looks_like_flag(std::string_view word) {
    return word.size() > 1 && word.starts_with('-');
}

} // namespace bindwatch
