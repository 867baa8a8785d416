// SPDX-License-Identifier: Apache-2.0
#include "cli/parse.hpp"

#include "cli/command_flags.hpp"
#include "cli/help.hpp"
#include "cli/parse_commands.hpp"
#include "cli/values.hpp"

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
constexpr std::string_view top_name = "top";
constexpr std::string_view explain_name = "explain";
constexpr std::string_view doctor_name = "doctor";
constexpr std::array command_names{list_name, who_name, run_name, top_name, explain_name, doctor_name};

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
    const Command<FollowConfig> top_command(app, top_name, top_flags());
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
        top_command.version() || explain_command.version() || doctor_command.version()) {
        return Printed{version_text(libbpf_version)};
    }
    if (list_command.given()) {
        return list_command.parsed(follow_given, read_list, list_help, lookup);
    }
    if (who_command.given()) {
        return who_command.parsed(follow_given, read_who, who_help, lookup);
    }
    if (run_command.given()) {
        return run_command.parsed(
            follow_given,
            [&](std::span<const std::string> rest, const CommandFlags<FollowConfig>& flags,
                const Lookup& asked) { return read_run(rest, flags, asked, command); },
            run_help, lookup);
    }
    if (top_command.given()) {
        return top_command.parsed(follow_given, read_top, top_help, lookup);
    }
    if (explain_command.given()) {
        return explain_command.parsed(follow_given, read_explain, explain_help, lookup);
    }
    if (doctor_command.given()) {
        return doctor_command.parsed(follow_given, read_doctor, doctor_help, lookup);
    }
    return read_follow(follow_given, lookup);
}

} // namespace bindwatch
