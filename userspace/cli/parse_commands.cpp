// SPDX-License-Identifier: Apache-2.0
#include "cli/parse_commands.hpp"

#include "cli/help.hpp"
#include "cli/values.hpp"

#include <utility>

namespace bindwatch {

ParseOutcome read_follow(const CommandFlags<FollowConfig>& flags, const Lookup& lookup) {
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

ParseOutcome read_list(std::span<const std::string> words, const CommandFlags<ListConfig>& flags,
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

ParseOutcome read_who(std::span<const std::string> words, const CommandFlags<WhoConfig>& flags,
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

ParseOutcome read_run(std::span<const std::string> words, const CommandFlags<FollowConfig>& flags,
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

ParseOutcome read_top(std::span<const std::string> words, const CommandFlags<FollowConfig>& flags,
                      const Lookup& lookup) {
    if (flags.help()) {
        return Printed{top_help()};
    }
    if (!words.empty()) {
        return usage("takes no word such as " + in_quotes(words.front()) +
                     (parse_ports(words.front()) ? "; --port " + words.front() + " shows a port" : ""));
    }
    TopConfig config;
    config.follow.snapshot = true;
    if (auto done = flags.apply(config.follow, lookup); !done) {
        return std::move(done).error();
    }
    return config;
}

ParseOutcome read_explain(std::span<const std::string> ports, const CommandFlags<ExplainConfig>& flags,
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

ParseOutcome read_doctor(std::span<const std::string> words, const CommandFlags<DoctorConfig>& flags,
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

} // namespace bindwatch
