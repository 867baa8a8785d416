// SPDX-License-Identifier: Apache-2.0
#include "cli/flags.hpp"

#include "cli/values.hpp"
#include "cli/words.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <type_traits>
#include <utility>

namespace bindwatch {

namespace {

constexpr std::uint64_t last_pid = 4U << 20U;   // PID_MAX_LIMIT
constexpr std::uint64_t last_uid = 0xffff'fffe; // the next is "no user"
constexpr std::size_t longest_comm = 15;        // TASK_COMM_LEN without its NUL

/// Parses each entry of a list with parse(entry) and appends the values.
template <typename Value, typename Parse>
Result<void> append(std::vector<Value>& values, std::string_view words, Parse parse) {
    const auto list = split_list(words);
    if (!list) {
        return std::unexpected(list.error());
    }
    for (const std::string& word : *list) {
        auto value = parse(word);
        if (!value) {
            return std::unexpected(std::move(value).error());
        }
        values.push_back(*std::move(value));
    }
    return {};
}

template <typename Value, typename Parsed>
Result<void> assign(Value& value, Result<Parsed> parsed) {
    if (!parsed) {
        return std::unexpected(std::move(parsed).error());
    }
    value = *std::move(parsed);
    return {};
}

/// A number that its limits keep within 32 bits.
Result<std::uint32_t> parse_id(std::string_view word, std::uint64_t min, std::uint64_t max,
                               std::string_view what) {
    const auto number = parse_number(word, min, max, what);
    if (!number) {
        return std::unexpected(number.error());
    }
    return static_cast<std::uint32_t>(*number);
}

Result<std::uint32_t> parse_pid(std::string_view word) {
    return parse_id(word, 1, last_pid, "a process id");
}

Result<std::uint32_t> parse_user(std::string_view word, const Lookup& lookup) {
    const bool number = word.find_first_not_of("0123456789") == std::string_view::npos;
    return number ? parse_id(word, 0, last_uid, "a user's name or id") : lookup.user_id(word);
}

Result<std::string> parse_text(std::string_view word, std::string_view what) {
    if (word.empty()) {
        return fail(ExitCode::usage, "'' is not " + std::string(what));
    }
    return std::string(word);
}

/// Cut as the kernel cuts it: a longer name would never match.
Result<std::string> parse_comm(std::string_view word) {
    return parse_text(word.substr(0, longest_comm), "the name of a process");
}

/// Two streams into one file would garble each other.
Result<void> add_output(std::vector<OutputSpec>& outputs, OutputSpec spec) {
    const auto normal = [](const std::string& path) {
        return std::filesystem::path(path).lexically_normal();
    };
    if (std::ranges::any_of(
            outputs, [&](const OutputSpec& other) { return normal(other.path) == normal(spec.path); })) {
        return fail(ExitCode::usage,
                    "two outputs go to " + (spec.path.empty() ? "stdout" : in_quotes(spec.path)));
    }
    outputs.push_back(std::move(spec));
    return {};
}

Result<void> want_outcome(Filters& filters, bool failed) {
    if (filters.failed) {
        return fail(ExitCode::usage, "--failed and --no-failed exclude each other");
    }
    filters.failed = failed;
    return {};
}

/// A path would never match: --cgroup takes those.
Result<std::string> parse_container(std::string_view word) {
    if (word.empty() || word.contains('/')) {
        return fail(ExitCode::usage, in_quotes(word) + " is not the id or name of a container");
    }
    return std::string(word);
}

Result<void> agree(const Filters& filters) {
    if (filters.in_container == false && !filters.containers.empty()) {
        return fail(ExitCode::usage, "--container and --no-containers exclude each other");
    }
    return {};
}

Result<void> want_container(Filters& filters, std::string_view words) {
    auto appended = append(filters.containers, words, parse_container);
    return appended ? agree(filters) : appended;
}

Result<void> want_containers(Filters& filters, bool inside) {
    if (filters.in_container) {
        return fail(ExitCode::usage, "--containers and --no-containers exclude each other");
    }
    filters.in_container = inside;
    return agree(filters);
}

using Word = std::string_view;

/// What a claim can be chosen by.
template <typename T>
constexpr std::array claim_filters{
    Flag<T>{'p', "port", "PORTS", "ports and ranges: 1683,8000-8999", Section::filters, true,
            [](T& to, Word word, const Lookup&) { return append(to.filters.ports, word, parse_ports); }},
    Flag<T>{
        0, "exclude-port", "PORTS", "all ports but these", Section::filters, true,
        [](T& to, Word word, const Lookup&) { return append(to.filters.exclude_ports, word, parse_ports); }},
    Flag<T>{
        0, "proto", "NAMES", "tcp, udp, udplite, sctp, mptcp, vsock, ip-47", Section::filters, true,
        [](T& to, Word word, const Lookup&) { return append(to.filters.transports, word, parse_transport); }},
    Flag<T>{0, "family", "NAMES", "ipv4, ipv6, vsock", Section::filters, true,
            [](T& to, Word word, const Lookup&) { return append(to.filters.families, word, parse_family); }},
    Flag<T>{0, "address", "CIDRS", "local addresses: 127.0.0.0/8, ::1", Section::filters, true,
            [](T& to, Word word, const Lookup&) { return append(to.filters.addresses, word, parse_cidr); }},
    Flag<T>{0, "cgroup", "PATH|ID", "a cgroup2 and all below it", Section::filters, true,
            [](T& to, Word word, const Lookup& lookup) {
                return append(to.filters.cgroups, word, [&](Word entry) { return lookup.cgroup(entry); });
            }},
    Flag<T>{0, "container", "ID|NAME", "containers by id, its first digits, or name", Section::filters, true,
            [](T& to, Word word, const Lookup&) { return want_container(to.filters, word); }},
    Flag<T>{0, "containers", "", "only processes in containers", Section::filters, false,
            [](T& to, Word, const Lookup&) { return want_containers(to.filters, true); }},
    Flag<T>{0, "no-containers", "", "only processes in no container", Section::filters, false,
            [](T& to, Word, const Lookup&) { return want_containers(to.filters, false); }},
    Flag<T>{0, "pid", "PIDS", "processes by id", Section::filters, true,
            [](T& to, Word word, const Lookup&) { return append(to.filters.pids, word, parse_pid); }},
    Flag<T>{0, "comm", "NAMES", "processes by name (its first 15 bytes)", Section::filters, true,
            [](T& to, Word word, const Lookup&) { return append(to.filters.comms, word, parse_comm); }},
    Flag<T>{
        0, "exclude-comm", "NAMES", "all processes but these", Section::filters, true,
        [](T& to, Word word, const Lookup&) { return append(to.filters.exclude_comms, word, parse_comm); }},
    Flag<T>{0, "exe", "GLOBS", "executables: '/usr/bin/python*', '*/nginx'", Section::filters, true,
            [](T& to, Word word, const Lookup&) {
                return append(to.filters.exes, word,
                              [](Word entry) { return parse_text(entry, "the path of an executable"); });
            }},
    Flag<T>{0, "uid", "N|NAME", "users by id or name", Section::filters, true,
            [](T& to, Word word, const Lookup& lookup) {
                return append(to.filters.uids, word, [&](Word entry) { return parse_user(entry, lookup); });
            }},
    Flag<T>{0, "netns", "INODE|PATH|PID", "a network namespace, or that of a process", Section::filters, true,
            [](T& to, Word word, const Lookup& lookup) {
                return append(to.filters.netns, word, [&](Word entry) { return lookup.netns(entry); });
            }},
    Flag<T>{0, "status", "NAMES", "assigned, unassigned, reserved, dynamic", Section::filters, true,
            [](T& to, Word word, const Lookup&) { return append(to.filters.statuses, word, parse_status); }},
    Flag<T>{0, "alerts", "", "only events that raise an alert", Section::filters, false,
            [](T& to, Word, const Lookup&) -> Result<void> {
                to.filters.alerts_only = true;
                return {};
            }},
    Flag<T>{0, "rule", "NAME", "raise that too: ephemeral-range", Section::filters, true,
            [](T& to, Word word, const Lookup&) {
                return assign(to.filters.ephemeral_range, parse_ephemeral_range(word));
            }},
};

template <typename T>
constexpr std::array outputs{
    Flag<T>{0, "json", "", "one JSON object a line; short for -o json", Section::output, false,
            [](T& to, Word, const Lookup&) {
                return add_output(to.outputs, {Format::json, {}});
            }},
    Flag<T>{
        'o', "output", "[FORMAT=]TARGET", "text or json to - (stdout) or file:PATH", Section::output, true,
        [](T& to, Word word, const Lookup&) {
            auto spec = parse_output(word);
            return spec ? add_output(to.outputs, *std::move(spec)) : std::unexpected(std::move(spec).error());
        }},
    Flag<T>{0, "color", "WHEN", "auto, always, never; auto heeds NO_COLOR", Section::output, false,
            [](T& to, Word word, const Lookup&) { return assign(to.color, parse_color(word)); }},
    Flag<T>{0, "verbose", "", "say on stderr what is loaded and why", Section::output, false,
            [](T& to, Word, const Lookup&) -> Result<void> {
                to.verbose = true;
                return {};
            }},
};

template <typename T>
constexpr Flag<T> no_kernel_filters_flag{0,
                                         "no-kernel-filters",
                                         "",
                                         "filter in user space only, to find bugs",
                                         Section::engine,
                                         false,
                                         [](T& to, Word, const Lookup&) -> Result<void> {
                                             to.kernel_filters = false;
                                             return {};
                                         }};

using Follow = FollowConfig;

constexpr std::array event_filter{
    Flag<Follow>{
        0, "event", "NAMES", "bind, listen, release", Section::filters, true,
        [](Follow& to, Word word, const Lookup&) { return append(to.filters.events, word, parse_event); }},
};

constexpr std::array outcome_filters{
    Flag<Follow>{0, "failed", "", "only calls that failed", Section::filters, false,
                 [](Follow& to, Word, const Lookup&) { return want_outcome(to.filters, true); }},
    Flag<Follow>{0, "no-failed", "", "no calls that failed; costs others least", Section::filters, false,
                 [](Follow& to, Word, const Lookup&) { return want_outcome(to.filters, false); }},
};

constexpr Flag<Follow> snapshot_flag{0,
                                     "snapshot",
                                     "",
                                     "first what exists already, then follow",
                                     Section::output,
                                     false,
                                     [](Follow& to, Word, const Lookup&) -> Result<void> {
                                         to.snapshot = true;
                                         return {};
                                     }};

constexpr std::array ending{
    Flag<Follow>{
        0, "duration", "TIME", "stop after 10s, 500ms, 2m, 1h", Section::ending, false,
        [](Follow& to, Word word, const Lookup&) { return assign(to.duration, parse_duration(word)); }},
    Flag<Follow>{0, "count", "N", "stop after N events", Section::ending, false,
                 [](Follow& to, Word word, const Lookup&) {
                     return assign(to.count, parse_number(word, 1, std::numeric_limits<std::uint64_t>::max(),
                                                          "a number of events"));
                 }},
    Flag<Follow>{0, "fail-on-alert", "", "exit with 10 if an alert was raised", Section::ending, false,
                 [](Follow& to, Word, const Lookup&) -> Result<void> {
                     to.fail_on_alert = true;
                     return {};
                 }},
};

constexpr std::array engine{
    Flag<Follow>{0, "plan", "NAME", "auto, fentry, cgroup, syscall", Section::engine, false,
                 [](Follow& to, Word word, const Lookup&) { return assign(to.plan, parse_plan(word)); }},
    Flag<Follow>{
        0, "ring-size", "SIZE", "4K to 1G, a power of two (32M)", Section::engine, false,
        [](Follow& to, Word word, const Lookup&) { return assign(to.ring_bytes, parse_ring_size(word)); }},
    Flag<Follow>{0, "max-claims", "N", "that exist at a time, 1 to 16777216 (65536)", Section::engine, false,
                 [](Follow& to, Word word, const Lookup&) {
                     return assign(to.max_claims, parse_number(word, 1, 1U << 24U, "a number of claims"));
                 }},
};

template <typename T, std::size_t... Sizes>
constexpr auto joined(const std::array<Flag<T>, Sizes>&... tables) {
    std::array<Flag<T>, (Sizes + ...)> all{};
    auto at = all.begin();
    ((at = std::ranges::copy(tables, at).out), ...);
    return all;
}

constexpr auto follow_table =
    joined(claim_filters<Follow>, event_filter, outcome_filters, outputs<Follow>, std::array{snapshot_flag},
           ending, engine, std::array{no_kernel_filters_flag<Follow>});

/// What exists already is nobody's of those that the command will be.
constexpr auto run_table =
    joined(claim_filters<Follow>, event_filter, outcome_filters, outputs<Follow>, ending, engine);

constexpr std::array list_own{
    Flag<ListConfig>{0, "all", "", "connections too, not claims alone", Section::filters, false,
                     [](ListConfig& to, Word, const Lookup&) -> Result<void> {
                         to.connections = true;
                         return {};
                     }},
    Flag<ListConfig>{
        0, "by", "NAME", "sorted by port, process or container", Section::output, false,
        [](ListConfig& to, Word word, const Lookup&) { return assign(to.by, parse_grouping(word)); }},
    Flag<ListConfig>{0, "tree", "", "every process and descriptor of a socket", Section::output, false,
                     [](ListConfig& to, Word, const Lookup&) -> Result<void> {
                         to.tree = true;
                         return {};
                     }},
};
constexpr auto list_table = joined(claim_filters<ListConfig>, list_own, outputs<ListConfig>,
                                   std::array{no_kernel_filters_flag<ListConfig>});

/// Of a command that prints one answer.
template <typename Target>
constexpr Flag<Target> json_flag{0,
                                 "json",
                                 "",
                                 "one JSON object a line",
                                 Section::output,
                                 false,
                                 [](Target& to, Word, const Lookup&) -> Result<void> {
                                     to.format = Format::json;
                                     return {};
                                 }};
template <typename Target>
constexpr Flag<Target> color_flag{
    0,
    "color",
    "WHEN",
    "auto, always, never; auto heeds NO_COLOR",
    Section::output,
    false,
    [](Target& to, Word word, const Lookup&) { return assign(to.color, parse_color(word)); }};

template <typename Target>
constexpr Flag<Target> verbose_flag{0,
                                    "verbose",
                                    "",
                                    "what libbpf and the verifier say, on stderr",
                                    Section::output,
                                    false,
                                    [](Target& to, Word, const Lookup&) -> Result<void> {
                                        to.verbose = true;
                                        return {};
                                    }};

/// Without --event: what is on the screen now is known from all three.
constexpr auto top_table =
    joined(claim_filters<Follow>, outcome_filters, std::array{color_flag<Follow>, verbose_flag<Follow>},
           engine, std::array{no_kernel_filters_flag<Follow>});

constexpr std::array explain_table{json_flag<ExplainConfig>, color_flag<ExplainConfig>};

constexpr std::array who_table{
    json_flag<WhoConfig>,
    color_flag<WhoConfig>,
    verbose_flag<WhoConfig>,
    Flag<WhoConfig>{0, "wait", "", "until nobody has it any more; says who tried", Section::ending, false,
                    [](WhoConfig& to, Word, const Lookup&) -> Result<void> {
                        to.wait = true;
                        return {};
                    }},
    Flag<WhoConfig>{0, "watch", "", "then follow it: who else tries, who lets go", Section::ending, false,
                    [](WhoConfig& to, Word, const Lookup&) -> Result<void> {
                        to.watch = true;
                        return {};
                    }},
};

constexpr std::array doctor_table{json_flag<DoctorConfig>, color_flag<DoctorConfig>,
                                  verbose_flag<DoctorConfig>};

} // namespace

std::span<const Flag<FollowConfig>> follow_flags() {
    return follow_table;
}
std::span<const Flag<FollowConfig>> top_flags() {
    return top_table;
}
std::span<const Flag<ListConfig>> list_flags() {
    return list_table;
}
std::span<const Flag<WhoConfig>> who_flags() {
    return who_table;
}
std::span<const Flag<FollowConfig>> run_flags() {
    return run_table;
}
std::span<const Flag<ExplainConfig>> explain_flags() {
    return explain_table;
}
std::span<const Flag<DoctorConfig>> doctor_flags() {
    return doctor_table;
}

} // namespace bindwatch
