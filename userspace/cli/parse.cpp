// SPDX-License-Identifier: Apache-2.0
#include "cli/parse.hpp"

#include "cli/flags.hpp"
#include "cli/help.hpp"
#include "cli/values.hpp"
#include "cli/words.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace bindwatch {

namespace {

constexpr std::string_view list_name = "list";
constexpr std::string_view who_name = "who";
constexpr std::string_view run_name = "run";
constexpr std::string_view explain_name = "explain";
constexpr std::string_view doctor_name = "doctor";
constexpr std::array command_names{list_name, who_name, run_name, explain_name, doctor_name};

Error usage(std::string message) {
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

template <typename Target>
const Flag<Target>* find_flag(std::span<const Flag<Target>> flags, std::string_view word) {
    for (const auto& flag : flags) {
        const bool by_letter = word.size() == 2 && word[0] == '-' && word[1] == flag.letter;
        if (by_letter || (word.starts_with("--") && word.substr(2) == flag.name)) {
            return &flag;
        }
    }
    return nullptr;
}

/// CLI11 takes the next word as the value of "--port=", so an empty shell variable would swallow a flag.
std::optional<Error> check_equals_signs(std::span<const std::string> words) {
    for (const std::string_view word : words) {
        const auto equals = word.find('=');
        if (word == "--") {
            break;
        }
        const auto* const flag = find_flag(follow_flags(), word.substr(0, equals));
        if (equals == std::string_view::npos || flag == nullptr) {
            continue;
        }
        if (flag->value.empty()) {
            return usage(fmt::format("--{}: takes no value, so {} is wrong", flag->name, in_quotes(word)));
        }
        if (equals + 1 == word.size()) {
            return usage(fmt::format("--{}: nothing follows the '=' of {}", flag->name, in_quotes(word)));
        }
    }
    return std::nullopt;
}

template <typename Target>
std::string suggestion(std::string_view word, std::span<const Flag<Target>> flags) {
    std::vector<std::string> spellings{"--help", "--version"};
    for (const auto& flag : flags) {
        spellings.push_back("--" + std::string(flag.name));
    }
    const std::vector<std::string_view> candidates(spellings.begin(), spellings.end());
    const auto near = nearest(word, candidates);
    return near && *near != word ? "; did you mean " + in_quotes(*near) + "?" : "; --help lists them";
}

template <typename Target>
Error unknown_flag(std::string_view word, std::span<const Flag<Target>> flags) {
    const std::string_view name = word.substr(0, word.find('='));
    return usage("unknown flag " + in_quotes(name) + suggestion(name, flags));
}

bool looks_like_flag(std::string_view word) {
    return word.size() > 1 && word.starts_with('-');
}

Error unknown_word(std::string_view word) {
    if (looks_like_flag(word)) {
        return unknown_flag(word, follow_flags());
    }
    std::string message = "unknown command " + in_quotes(word);
    if (const auto query = parse_port_query(word); query && query->port != 0) {
        message += fmt::format("; who {} says who has it, explain {} what it means, --port {} follows it",
                               word, word, query->port);
    } else if (const auto near = nearest(word, command_names)) {
        message += "; did you mean " + in_quotes(*near) + "?";
    } else {
        message += "; --help lists what there is";
    }
    return usage(std::move(message));
}

/// Null: the last word is a flag without its value.
std::optional<Error> take_apart(CLI::App& app, std::vector<std::string> words) {
    const std::string last = words.empty() ? "" : words.back();
    std::ranges::reverse(words); // CLI11 takes them from the back
    try {
        app.parse(std::move(words));
    } catch (const CLI::ParseError&) {
        return usage(in_quotes(last) + " needs a value after it");
    }
    return std::nullopt;
}

/// What a command did not understand, "--" left out.
std::vector<std::string> left_over(const CLI::App& app) {
    std::vector<std::string> words = app.remaining();
    std::erase(words, "--");
    return words;
}

ParseOutcome follow(const CommandFlags<FollowConfig>& flags, const Lookup& lookup) {
    if (flags.help()) {
        return Printed{follow_help()};
    }
    FollowConfig config;
    if (auto done = flags.apply(config, lookup); !done) {
        return std::move(done).error();
    }
    if (config.outputs.empty()) {
        config.outputs.emplace_back();
    }
    return config;
}

ParseOutcome list(std::span<const std::string> words, const CommandFlags<ListConfig>& flags,
                  const Lookup& lookup) {
    if (flags.help()) {
        return Printed{list_help()};
    }
    if (!words.empty()) {
        return usage("takes no word such as " + in_quotes(words.front()) +
                     (parse_ports(words.front()) ? "; --port " + words.front() + " lists a port" : ""));
    }
    ListConfig config;
    if (auto done = flags.apply(config, lookup); !done) {
        return std::move(done).error();
    }
    if (config.outputs.empty()) {
        config.outputs.emplace_back();
    }
    return config;
}

ParseOutcome who(std::span<const std::string> words, const CommandFlags<WhoConfig>& flags,
                 const Lookup& lookup) {
    if (flags.help()) {
        return Printed{who_help()};
    }
    if (words.size() != 1) {
        return usage(words.empty() ? "which port? For example 'who 1683' or 'who 443/udp'"
                                   : "one port at a time, so " + in_quotes(words[1]) + " is one too many");
    }
    auto query = parse_port_query(words.front());
    if (query && query->port == 0) {
        return usage(in_quotes(words.front()) + " is not a port that anybody can have (1-65535)");
    }
    if (!query) {
        return std::move(query).error();
    }
    WhoConfig config{.query = *query};
    if (auto done = flags.apply(config, lookup); !done) {
        return std::move(done).error();
    }
    if (config.wait && config.watch) {
        return usage("--wait and --watch exclude each other");
    }
    return config;
}

ParseOutcome run(std::span<const std::string> words, const CommandFlags<FollowConfig>& flags,
                 const Lookup& lookup, std::span<const std::string> command) {
    if (flags.help()) {
        return Printed{run_help()};
    }
    if (!words.empty()) {
        return usage("a command follows '--', so " + in_quotes(words.front()) + " is wrong: run -- " +
                     words.front());
    }
    if (command.empty()) {
        return usage("which command? For example 'run -- ./server --port 8080'");
    }
    FollowConfig config;
    if (auto done = flags.apply(config, lookup); !done) {
        return std::move(done).error();
    }
    if (config.outputs.empty()) {
        config.outputs.emplace_back();
    }
    config.command.assign(command.begin(), command.end());
    return config;
}

ParseOutcome explain(std::span<const std::string> ports, const CommandFlags<ExplainConfig>& flags,
                     const Lookup& lookup) {
    if (flags.help()) {
        return Printed{explain_help()};
    }
    ExplainConfig config;
    for (const std::string& word : ports) {
        auto query = parse_port_query(word);
        if (!query) {
            return std::move(query).error();
        }
        config.queries.push_back(*query);
    }
    if (config.queries.empty()) {
        return usage("which port? For example 'explain 1683' or 'explain 443/udp'");
    }
    if (auto done = flags.apply(config, lookup); !done) {
        return std::move(done).error();
    }
    return config;
}

ParseOutcome doctor(std::span<const std::string> words, const CommandFlags<DoctorConfig>& flags,
                    const Lookup& lookup) {
    if (flags.help()) {
        return Printed{doctor_help()};
    }
    if (!words.empty()) {
        return usage("takes no word such as " + in_quotes(words.front()));
    }
    DoctorConfig config;
    if (auto done = flags.apply(config, lookup); !done) {
        return std::move(done).error();
    }
    return config;
}

/// An error of a command begins with its name.
ParseOutcome within(std::string_view command, ParseOutcome outcome) {
    if (auto* const error = std::get_if<Error>(&outcome)) {
        error->message.insert(0, std::string(command) + ": ");
    }
    return outcome;
}

/// A command that is named by the first word.
template <typename Target>
class Command {
  public:
    Command(CLI::App& app, std::string_view name, std::span<const Flag<Target>> table)
        : name_(name), table_(table), app_(app.add_subcommand(std::string(name))), flags_(*app_, table) {}

    [[nodiscard]] bool given() const { return app_->parsed(); }
    [[nodiscard]] bool version() const { return flags_.version(); }

    /// `read` gets the command's words and flags. `before`: the flags that stood before the command's name.
    template <typename Read>
    [[nodiscard]] ParseOutcome parsed(const CommandFlags<FollowConfig>& before, Read read,
                                      std::string (*help)(), const Lookup& lookup) const {
        const auto words = left_over(*app_);
        if (const auto flag = std::ranges::find_if(words, looks_like_flag); flag != words.end()) {
            return within(name_, unknown_flag(*flag, table_));
        }
        if (before.help()) {
            return Printed{help()};
        }
        if (const auto flag = before.any()) {
            const bool known = find_flag(table_, *flag) != nullptr;
            return usage(
                fmt::format("{}: does not go before {}{}", *flag, name_, known ? ", but after it" : ""));
        }
        return within(name_, read(words, flags_, lookup));
    }

  private:
    std::string_view name_;
    std::span<const Flag<Target>> table_;
    CLI::App* app_;
    CommandFlags<Target> flags_;
};

/// Of `run … -- CMD ARG…` takes away what stands behind the "--": no flag of ours is among it.
std::vector<std::string> split_command(std::vector<std::string>& words) {
    const auto separator = std::ranges::find(words, "--");
    if (separator == words.end() || std::find(words.begin(), separator, run_name) == separator) {
        return {};
    }
    std::vector<std::string> command(separator + 1, words.end());
    words.erase(separator, words.end());
    return command;
}

} // namespace

ParseOutcome parse_command_line(int argc, const char* const* argv, const Lookup& lookup,
                                std::string_view libbpf_version) {
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    const std::vector<std::string> command = split_command(words);
    if (auto wrong = check_equals_signs(words)) {
        return *std::move(wrong);
    }
    CLI::App app;
    const CommandFlags<FollowConfig> follow_given(app, follow_flags());
    app.require_subcommand(0, 1);
    const Command<ListConfig> list_command(app, list_name, list_flags());
    const Command<WhoConfig> who_command(app, who_name, who_flags());
    const Command<FollowConfig> run_command(app, run_name, run_flags());
    const Command<ExplainConfig> explain_command(app, explain_name, explain_flags());
    const Command<DoctorConfig> doctor_command(app, doctor_name, doctor_flags());
    if (auto wrong = take_apart(app, words)) {
        return *std::move(wrong);
    }
    if (!command.empty() && !run_command.given()) {
        return unknown_word(command.front()); // "run" was the value of a flag
    }
    if (const auto unknown = left_over(app); !unknown.empty()) {
        return unknown_word(unknown.front());
    }
    if (follow_given.version() || list_command.version() || who_command.version() || run_command.version() ||
        explain_command.version() || doctor_command.version()) {
        return Printed{version_text(libbpf_version)};
    }
    if (list_command.given()) {
        return list_command.parsed(follow_given, list, list_help, lookup);
    }
    if (who_command.given()) {
        return who_command.parsed(follow_given, who, who_help, lookup);
    }
    if (run_command.given()) {
        return run_command.parsed(
            follow_given,
            [&](std::span<const std::string> rest, const CommandFlags<FollowConfig>& flags,
                const Lookup& asked) { return run(rest, flags, asked, command); },
            run_help, lookup);
    }
    if (explain_command.given()) {
        return explain_command.parsed(follow_given, explain, explain_help, lookup);
    }
    if (doctor_command.given()) {
        return doctor_command.parsed(follow_given, doctor, doctor_help, lookup);
    }
    return follow(follow_given, lookup);
}

} // namespace bindwatch
