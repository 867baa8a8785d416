// SPDX-License-Identifier: Apache-2.0
/// Every bad word: exit status 2 and one line that names the flag and the word.
#include "cli/flags.hpp"
#include "cli/help.hpp"
#include "cli/parse.hpp"
#include "fake_lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace bindwatch {
namespace {

using testing::HasSubstr;

Error error_of(const std::vector<std::string>& words) {
    std::vector<const char*> argv{"bindwatch"};
    for (const std::string& word : words) {
        argv.push_back(word.c_str());
    }
    const auto outcome =
        parse_command_line(static_cast<int>(argv.size()), argv.data(), FakeLookup(), "1.1.0");
    if (const auto* error = std::get_if<Error>(&outcome)) {
        return *error;
    }
    ADD_FAILURE() << "accepted: " << testing::PrintToString(words);
    return {ExitCode::done, ""};
}

void expect_one_clean_line(const std::string& message) {
    for (const char c : message) {
        EXPECT_GE(static_cast<unsigned char>(c), 0x20) << message;
        EXPECT_NE(c, '\x7f') << message;
    }
    EXPECT_LT(message.size(), 300U);
    EXPECT_FALSE(message.ends_with('.')) << message;
}

struct BadValue {
    const char* flag;
    const char* value;
    const char* named; ///< how the message shows the word; null: as it is
};

void PrintTo(const BadValue& bad, std::ostream* out) { // NOLINT: gtest's name
    *out << bad.flag << ' ' << testing::PrintToString(bad.value);
}

class BadValues : public testing::TestWithParam<BadValue> {};

TEST_P(BadValues, NameTheFlagAndTheWord) {
    const auto& bad = GetParam();
    const Error error = error_of({bad.flag, bad.value});
    EXPECT_EQ(error.code, ExitCode::usage);
    EXPECT_TRUE(error.message.starts_with(std::string(bad.flag) + ": ")) << error.message;
    EXPECT_THAT(error.message,
                HasSubstr("'" + std::string(bad.named == nullptr ? bad.value : bad.named) + "'"));
    expect_one_clean_line(error.message);
}

INSTANTIATE_TEST_SUITE_P(
    Ports, BadValues,
    testing::Values(BadValue{"--port", "0"}, BadValue{"--port", "65536"}, BadValue{"--port", "80-20"},
                    BadValue{"--port", "abc"}, BadValue{"--port", ""}, BadValue{"--port", "1e3"},
                    BadValue{"--port", " 80"}, BadValue{"--port", "80 "}, BadValue{"--port", "80,,81"},
                    BadValue{"--port", "80,abc", "abc"}, BadValue{"--port", "-80"}, BadValue{"--port", "80-"},
                    BadValue{"--port", "80-90-100"}, BadValue{"--port", "0-80"},
                    BadValue{"--port", "80-65536"}, BadValue{"--port", "4294967376"},
                    BadValue{"--port", "0x50"}, BadValue{"--port", "+80"}, BadValue{"--port", "80/tcp"},
                    BadValue{"--port", "--json"}, BadValue{"--port", ","}, BadValue{"--exclude-port", "0"},
                    BadValue{"--exclude-port", "ssh"}));

INSTANTIATE_TEST_SUITE_P(
    Filters, BadValues,
    testing::Values(BadValue{"--proto", "tpc"}, BadValue{"--proto", ""}, BadValue{"--proto", "tcp,", "tcp,"},
                    BadValue{"--proto", "ip-65536"}, BadValue{"--family", "inet"},
                    BadValue{"--family", "ipv4,4", "4"}, BadValue{"--address", "10.0.0.0/33"},
                    BadValue{"--address", "localhost"}, BadValue{"--address", ""},
                    BadValue{"--cgroup", "missing"}, BadValue{"--cgroup", ""}, BadValue{"--container", ""},
                    BadValue{"--container", "web,/docker/0123", "/docker/0123"}, BadValue{"--pid", "0"},
                    BadValue{"--pid", "-5"}, BadValue{"--pid", "self"}, BadValue{"--pid", "4194305"},
                    BadValue{"--comm", ""}, BadValue{"--comm", "a,,b"}, BadValue{"--exclude-comm", ""},
                    BadValue{"--exe", ""}, BadValue{"--uid", "nobody-here"}, BadValue{"--uid", "4294967295"},
                    BadValue{"--uid", ""}, BadValue{"--uid", "-1"}, BadValue{"--event", "connect"},
                    BadValue{"--event", "bind, listen", " listen"}, BadValue{"--status", "free"},
                    BadValue{"--status", ""}, BadValue{"--rule", "unassigned-port"}, BadValue{"--rule", ""}));

INSTANTIATE_TEST_SUITE_P(Others, BadValues,
                         testing::Values(BadValue{"--output", "xml"}, BadValue{"--output", ""},
                                         BadValue{"--output", "json=/tmp/x"}, BadValue{"--output", "file:"},
                                         BadValue{"--output", "ecs"}, BadValue{"--output", "syslog:"},
                                         BadValue{"--duration", "0"}, BadValue{"--duration", "10x"},
                                         BadValue{"--duration", ""}, BadValue{"--count", "0"},
                                         BadValue{"--count", "-1"}, BadValue{"--count", "many"},
                                         BadValue{"--plan", "kprobe"}, BadValue{"--plan", ""},
                                         BadValue{"--plan", "auto,cgroup"}, BadValue{"--ring-size", "5000"},
                                         BadValue{"--ring-size", "2G"}, BadValue{"--ring-size", "1K"},
                                         BadValue{"--color", "sometimes"}));

INSTANTIATE_TEST_SUITE_P(Hostile, BadValues,
                         testing::Values(BadValue{"--port", "\x1b[2J", "\\x1b[2J"},
                                         BadValue{"--port", "80\n443", "80\\n443"},
                                         BadValue{"--proto", "\xff", "\\xff"},
                                         BadValue{"--output",
                                                  "\xc2\x9b"
                                                  "31m=-",
                                                  "\\u{9b}31m=-"}));

TEST(ParseErrors, EveryValueFlagWithoutItsValue) {
    for (const auto& flag : follow_flags()) {
        const std::string name = "--" + std::string(flag.name);
        if (flag.value.empty()) {
            EXPECT_THAT(error_of({name + "=x"}).message, HasSubstr("'" + name + "=x'"));
            continue;
        }
        for (const auto& words :
             {std::vector{name}, {"--json", name}, {name + '='}, {name + '=', "--verbose"}}) {
            const Error error = error_of(words);
            EXPECT_EQ(error.code, ExitCode::usage);
            EXPECT_THAT(error.message, HasSubstr(name));
            expect_one_clean_line(error.message);
        }
    }
}

TEST(ParseErrors, WhatTakesOneValueIsGivenOnce) {
    for (const auto& flag : follow_flags()) {
        if (flag.value.empty() || flag.repeatable) {
            continue;
        }
        const std::string name = "--" + std::string(flag.name);
        const std::string message = error_of({name, "1", name, "2"}).message;
        EXPECT_EQ(message, name + ": given more than once, last with '2'");
    }
}

struct Line {
    std::vector<std::string> words;
    std::string message;
};

void PrintTo(const Line& line, std::ostream* out) { // NOLINT: gtest's name
    *out << testing::PrintToString(line.words);
}

class WholeLines : public testing::TestWithParam<Line> {};

TEST_P(WholeLines, AreRefused) {
    const Error error = error_of(GetParam().words);
    EXPECT_EQ(error.code, ExitCode::usage);
    EXPECT_EQ(error.message, GetParam().message);
    expect_one_clean_line(error.message);
}

INSTANTIATE_TEST_SUITE_P(
    Unknown, WholeLines,
    testing::Values(Line{{"--prot", "tcp"}, "unknown flag '--prot'; did you mean '--proto'?"},
                    Line{{"--JSON"}, "unknown flag '--JSON'; did you mean '--json'?"},
                    Line{{"--metrics=:9100"}, "unknown flag '--metrics'; --help lists them"},
                    Line{{"-x"}, "unknown flag '-x'; --help lists them"},
                    Line{{"--\x1b[2J"}, "unknown flag '--\\x1b[2J'; --help lists them"},
                    Line{{"explian", "80"}, "unknown command 'explian'; did you mean 'explain'?"},
                    Line{{"lst"}, "unknown command 'lst'; did you mean 'list'?"},
                    Line{{"list", "80"}, "list: takes no word such as '80'; --port 80 lists a port"},
                    Line{{"list", "sockets"}, "list: takes no word such as 'sockets'"},
                    Line{{"list", "--by", "color"},
                         "list: --by: 'color' is not something to sort by (port, process, container)"},
                    Line{{"list", "--failed"}, "list: unknown flag '--failed'; --help lists them"},
                    Line{{"who"}, "who: which port? For example 'who 1683' or 'who 443/udp'"},
                    Line{{"who", "80", "81"}, "who: one port at a time, so '81' is one too many"},
                    Line{{"who", "0"}, "who: '0' is not a port that anybody can have (1-65535)"},
                    Line{{"who", "http"},
                         "who: 'http' is not a port (0-65535), alone or with its transport such as 443/udp"},
                    Line{{"who", "80", "--wait", "--watch"}, "who: --wait and --watch exclude each other"},
                    Line{{"run"}, "run: which command? For example 'run -- ./server --port 8080'"},
                    Line{{"--comm", "run", "--", "--json"}, "unknown flag '--json'; --help lists them"},
                    Line{{"run", "--"}, "run: which command? For example 'run -- ./server --port 8080'"},
                    Line{{"run", "server", "-p", "80"},
                         "run: a command follows '--', so 'server' is wrong: run -- server"},
                    Line{{"run", "--snapshot", "--", "server"},
                         "run: unknown flag '--snapshot'; --help lists them"},
                    Line{{"top", "80"}, "top: takes no word such as '80'; --port 80 shows a port"},
                    Line{{"top", "--event", "bind"}, "top: unknown flag '--event'; --help lists them"},
                    Line{{"top", "--json"}, "top: unknown flag '--json'; --help lists them"},
                    Line{{"--port", "80", "top"}, "--port: does not go before top, but after it"},
                    Line{{"docter"}, "unknown command 'docter'; did you mean 'doctor'?"},
                    Line{{"--json", "who", "80"}, "--json: does not go before who, but after it"},
                    Line{{"1683"},
                         "unknown command '1683'; who 1683 says who has it, explain 1683 what it means, "
                         "--port 1683 follows it"},
                    Line{{""}, "unknown command ''; --help lists what there is"},
                    Line{{"--", "--json"}, "unknown flag '--json'; --help lists them"}));

INSTANTIATE_TEST_SUITE_P(
    Together, WholeLines,
    testing::Values(
        Line{{"--failed", "--no-failed"}, "--no-failed: --failed and --no-failed exclude each other"},
        Line{{"--no-containers", "--containers"},
             "--no-containers: --containers and --no-containers exclude each other"},
        Line{{"--container", "web", "--no-containers"},
             "--no-containers: --container and --no-containers exclude each other"},
        Line{{"--no-containers", "--container", "web"},
             "--no-containers: --container and --no-containers exclude each other"},
        Line{{"--json", "-o", "text"}, "--output: two outputs go to stdout"},
        Line{{"-o", "-", "-o", "json"}, "--output: two outputs go to stdout"},
        Line{{"-o", "file:a/b", "-o", "json=file:a/./c/../b"}, "--output: two outputs go to 'a/./c/../b'"}));

INSTANTIATE_TEST_SUITE_P(
    Explain, WholeLines,
    testing::Values(
        Line{{"explain"}, "explain: which port? For example 'explain 1683' or 'explain 443/udp'"},
        Line{{"explain", "80", "65536"},
             "explain: '65536' is not a port (0-65535), alone or with its "
             "transport such as 443/udp"},
        Line{{"explain", "80/tpc"},
             "explain: '80/tpc' has no transport after its slash (tcp, udp, udplite, sctp, mptcp)"},
        Line{{"explain", "80", "-p", "3"}, "explain: unknown flag '-p'; --help lists them"},
        Line{{"explain", "--jsn", "3"}, "explain: unknown flag '--jsn'; did you mean '--json'?"},
        Line{{"explain", "80", "--color", "red"},
             "explain: --color: 'red' is not a color mode (auto, always, never)"},
        Line{{"--port", "80", "explain", "80"}, "--port: does not go before explain"},
        Line{{"--json", "explain", "80"}, "--json: does not go before explain, but after it"}));

INSTANTIATE_TEST_SUITE_P(
    Doctor, WholeLines,
    testing::Values(Line{{"doctor", "80"}, "doctor: takes no word such as '80'"},
                    Line{{"doctor", "--plan", "cgroup"}, "doctor: unknown flag '--plan'; --help lists them"},
                    Line{{"doctor", "--color", "red"},
                         "doctor: --color: 'red' is not a color mode (auto, always, never)"},
                    Line{{"--port", "80", "doctor"}, "--port: does not go before doctor"},
                    Line{{"--verbose", "doctor"}, "--verbose: does not go before doctor, but after it"}));

TEST(ParseErrors, ALookupsOwnStatusStays) {
    const Error error = error_of({"--netns", "4711"});
    EXPECT_EQ(error.code, ExitCode::privilege);
    EXPECT_EQ(error.message, "--netns: '4711' is hidden");
}

TEST(Help, EveryFlagHasOneLineOfEightyColumns) {
    const std::string help = follow_help();
    for (const auto& flag : follow_flags()) {
        EXPECT_THAT(help, HasSubstr("--" + std::string(flag.name))) << flag.name;
        EXPECT_FALSE(flag.help.empty()) << flag.name;
    }
    std::istringstream lines(help + top_help() + explain_help() + doctor_help());
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 80U) << line;
    }
}

TEST(Help, TheManualKnowsEveryFlag) {
    std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "../../docs/man/bindwatch.1");
    ASSERT_TRUE(file);
    std::string manual{std::istreambuf_iterator<char>(file), {}};
    std::erase(manual, '\\'); // roff writes \-
    const auto expect_named = [&](std::string_view name) {
        EXPECT_THAT(manual, testing::AnyOf(HasSubstr("fB--" + std::string(name) + "fP"),
                                           HasSubstr(".B --" + std::string(name) + "\n")))
            << name;
    };
    for (const auto& flag : follow_flags()) {
        expect_named(flag.name);
    }
    for (const auto& flag : explain_flags()) {
        expect_named(flag.name);
    }
    for (const auto& flag : doctor_flags()) {
        expect_named(flag.name);
    }
    for (const auto& flag : list_flags()) {
        expect_named(flag.name);
    }
    for (const auto& flag : who_flags()) {
        expect_named(flag.name);
    }
    for (const auto& flag : run_flags()) {
        expect_named(flag.name);
    }
    for (const auto& flag : top_flags()) {
        expect_named(flag.name);
    }
}

TEST(Help, NoTwoFlagsShareAName) {
    for (const auto& one : follow_flags()) {
        for (const auto& other : follow_flags()) {
            EXPECT_EQ(&one == &other, one.name == other.name) << one.name;
            EXPECT_TRUE(&one == &other || one.letter == 0 || one.letter != other.letter) << one.name;
        }
    }
}

} // namespace
} // namespace bindwatch
