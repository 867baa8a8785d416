// SPDX-License-Identifier: Apache-2.0
#include "cli/parse.hpp"
#include "fake_lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace bindwatch {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

ParseOutcome parse(std::initializer_list<const char*> words) {
    std::vector<const char*> argv{"bindwatch"};
    argv.insert(argv.end(), words);
    return parse_command_line(static_cast<int>(argv.size()), argv.data(), FakeLookup(), "1.1.0");
}

template <typename Parsed>
Parsed parsed(std::initializer_list<const char*> words) {
    auto outcome = parse(words);
    if (const auto* error = std::get_if<Error>(&outcome)) {
        ADD_FAILURE() << error->message;
        return {};
    }
    return std::get<Parsed>(std::get<Config>(outcome));
}

FollowConfig follow(std::initializer_list<const char*> words) {
    return parsed<FollowConfig>(words);
}

ExplainConfig explain(std::initializer_list<const char*> words) {
    return parsed<ExplainConfig>(words);
}

DoctorConfig doctor(std::initializer_list<const char*> words) {
    return parsed<DoctorConfig>(words);
}

/// A Filters value in one comparable text.
std::string filters(std::initializer_list<const char*> words) {
    return to_json(follow(words).filters);
}

TEST(ParseFollow, NothingGivenIsEverythingAsText) {
    const FollowConfig config = follow({});
    EXPECT_EQ(to_json(config.filters), "{}");
    ASSERT_EQ(config.outputs.size(), 1U);
    EXPECT_EQ(config.outputs[0].format, Format::text);
    EXPECT_EQ(config.outputs[0].path, "");
    EXPECT_EQ(config.plan, Plan::automatic);
    EXPECT_EQ(config.ring_bytes, 32U << 20U);
    EXPECT_EQ(config.duration, std::nullopt);
    EXPECT_EQ(config.count, std::nullopt);
    EXPECT_EQ(config.color, ColorMode::automatic);
    EXPECT_FALSE(config.fail_on_alert);
    EXPECT_TRUE(config.kernel_filters);
    EXPECT_FALSE(config.verbose);
}

TEST(ParseFollow, NoNameAtAllIsLikeNoWords) {
    const auto outcome = parse_command_line(0, nullptr, FakeLookup(), "1.1.0");
    EXPECT_TRUE(std::holds_alternative<Config>(outcome));
}

TEST(ParseFollow, EveryFilter) {
    EXPECT_EQ(filters({"--port", "80"}), R"({"port":["80"]})");
    EXPECT_EQ(filters({"--exclude-port", "22"}), R"({"exclude_port":["22"]})");
    EXPECT_EQ(filters({"--proto", "udp,vsock"}), R"({"proto":["udp","vsock"]})");
    EXPECT_EQ(filters({"--family", "ipv6"}), R"({"family":["ipv6"]})");
    EXPECT_EQ(filters({"--address", "127.0.0.0/8,::1"}), R"({"address":["127.0.0.0/8","::1"]})");
    EXPECT_EQ(filters({"--cgroup", "system.slice"}), R"({"cgroup":[{"id":231,"path":"/system.slice"}]})");
    EXPECT_EQ(filters({"--container", "0123456789ab,web"}), R"({"container":["0123456789ab","web"]})");
    EXPECT_EQ(filters({"--containers"}), R"({"containers":true})");
    EXPECT_EQ(filters({"--no-containers"}), R"({"containers":false})");
    EXPECT_EQ(filters({"--pid", "1,4194304"}), R"({"pid":[1,4194304]})");
    EXPECT_EQ(filters({"--comm", "nginx"}), R"({"comm":["nginx"]})");
    EXPECT_EQ(filters({"--exclude-comm", "sshd"}), R"({"exclude_comm":["sshd"]})");
    EXPECT_EQ(filters({"--exe", "*/nginx"}), R"({"exe":["*/nginx"]})");
    EXPECT_EQ(filters({"--uid", "0,www-data,4294967294"}), R"({"uid":[0,33,4294967294]})");
    EXPECT_EQ(filters({"--netns", "/run/netns/blue"}), R"({"netns":[4026532000]})");
    EXPECT_EQ(filters({"--event", "bind,release"}), R"({"event":["bind","release"]})");
    EXPECT_EQ(filters({"--failed"}), R"({"failed":true})");
    EXPECT_EQ(filters({"--no-failed"}), R"({"failed":false})");
    EXPECT_EQ(filters({"--status", "unassigned,reserved"}), R"({"status":["unassigned","reserved"]})");
    EXPECT_EQ(filters({"--alerts"}), R"({"alerts":true})");
    EXPECT_EQ(filters({"--rule", "ephemeral-range"}), R"({"rule":["ephemeral-range"]})");
}

TEST(ParseFollow, EverySpellingOfAValue) {
    for (const auto& words : {std::initializer_list<const char*>{"--port", "80,443"},
                              {"--port=80,443"},
                              {"-p", "80,443"},
                              {"-p80,443"},
                              {"-p", "80", "-p", "443"},
                              {"-p80", "--json", "--port=443"}}) {
        EXPECT_EQ(filters(words), R"({"port":["80","443"]})");
    }
}

TEST(ParseFollow, AValueMayLookLikeAFlagOrACommand) {
    EXPECT_EQ(filters({"--comm", "explain"}), R"({"comm":["explain"]})");
    EXPECT_EQ(filters({"--comm", "--json"}), R"({"comm":["--json"]})");
    EXPECT_EQ(filters({"--comm", "-"}), R"({"comm":["-"]})");
    EXPECT_EQ(filters({"--comm", "[kworker/0:1]"}), R"({"comm":["[kworker/0:1]"]})");
    EXPECT_EQ(filters({"--comm", "a\\,b"}), R"({"comm":["a,b"]})");
}

TEST(ParseFollow, ACommIsCutAsTheKernelCutsIt) {
    EXPECT_EQ(filters({"--comm", "chromium-browser"}), R"({"comm":["chromium-browse"]})");
    EXPECT_EQ(filters({"--exclude-comm", "chromium-browser"}), R"({"exclude_comm":["chromium-browse"]})");
}

TEST(ParseFollow, Outputs) {
    const auto outputs = [](std::initializer_list<const char*> words) {
        std::vector<std::string> texts;
        for (const auto& spec : follow(words).outputs) {
            texts.push_back((spec.format == Format::json ? "json:" : "text:") + spec.path);
        }
        return texts;
    };
    EXPECT_THAT(outputs({"--json"}), ElementsAre("json:"));
    EXPECT_THAT(outputs({"--json", "--json"}), ElementsAre("json:"));
    EXPECT_THAT(outputs({"-o", "json"}), ElementsAre("json:"));
    EXPECT_THAT(outputs({"-ojson=file:/x"}), ElementsAre("json:/x"));
    EXPECT_THAT(outputs({"-o", "text", "--output=json=file:a", "-o", "file:b"}),
                ElementsAre("text:", "json:a", "text:b"));
}

TEST(ParseFollow, TheRest) {
    EXPECT_EQ(follow({"--duration", "500ms"}).duration, 500ms);
    EXPECT_EQ(follow({"--count", "3"}).count, 3U);
    EXPECT_TRUE(follow({"--fail-on-alert"}).fail_on_alert);
    EXPECT_EQ(follow({"--plan", "cgroup"}).plan, Plan::cgroup);
    EXPECT_EQ(follow({"--ring-size", "64K"}).ring_bytes, 65536U);
    EXPECT_EQ(follow({"--color", "never"}).color, ColorMode::never);
    EXPECT_TRUE(follow({"--verbose"}).verbose);
    EXPECT_FALSE(follow({"--no-kernel-filters"}).kernel_filters);
}

TEST(ParseExplain, PortsInTheirOrder) {
    const ExplainConfig config = explain({"explain", "1683", "443/udp", "0"});
    ASSERT_EQ(config.queries.size(), 3U);
    EXPECT_EQ(config.queries[0].port, 1683U);
    EXPECT_EQ(config.queries[0].protocol, std::nullopt);
    EXPECT_EQ(config.queries[1].port, 443U);
    EXPECT_EQ(config.queries[1].protocol, 17);
    EXPECT_EQ(config.queries[2].port, 0U);
    EXPECT_EQ(config.format, Format::text);
}

TEST(ParseExplain, FlagsBeforeAndAfterThePorts) {
    EXPECT_EQ(explain({"explain", "80", "--json"}).format, Format::json);
    EXPECT_EQ(explain({"explain", "--json", "80"}).format, Format::json);
    EXPECT_EQ(explain({"explain", "80", "--color=always"}).color, ColorMode::always);
}

TEST(ParseDoctor, ItsOwnFlags) {
    EXPECT_EQ(doctor({"doctor"}).format, Format::text);
    EXPECT_FALSE(doctor({"doctor"}).verbose);
    const DoctorConfig config = doctor({"doctor", "--json", "--verbose", "--color=never"});
    EXPECT_EQ(config.format, Format::json);
    EXPECT_TRUE(config.verbose);
    EXPECT_EQ(config.color, ColorMode::never);
}

TEST(ParseTop, BeginsWithWhatExistsAndTakesFilters) {
    const auto plain = parsed<TopConfig>({"top"});
    EXPECT_TRUE(plain.follow.snapshot);
    EXPECT_TRUE(plain.follow.outputs.empty());
    const auto config =
        parsed<TopConfig>({"top", "-p", "80", "--alerts", "--no-failed", "--color=never", "--plan", "cgroup",
                           "--ring-size", "8M", "--max-claims", "9", "--verbose"});
    EXPECT_EQ(config.follow.filters.ports.size(), 1U);
    EXPECT_TRUE(config.follow.filters.alerts_only);
    EXPECT_EQ(config.follow.filters.failed, false);
    EXPECT_EQ(config.follow.color, ColorMode::never);
    EXPECT_EQ(config.follow.plan, Plan::cgroup);
    EXPECT_EQ(config.follow.ring_bytes, 8U << 20U);
    EXPECT_EQ(config.follow.max_claims, 9U);
    EXPECT_TRUE(config.follow.verbose);
}

std::string printed(std::initializer_list<const char*> words) {
    const auto outcome = parse(words);
    const auto* text = std::get_if<Printed>(&outcome);
    EXPECT_NE(text, nullptr);
    return text == nullptr ? "" : text->text;
}

TEST(ParseHelp, EachCommandHasItsOwn) {
    EXPECT_THAT(printed({"--help"}), HasSubstr("--exclude-port PORTS"));
    EXPECT_EQ(printed({"-h"}), printed({"--help"}));
    EXPECT_EQ(printed({"--port", "abc", "--help"}), printed({"--help"}));
    EXPECT_THAT(printed({"explain", "--help"}), HasSubstr("bindwatch explain 1683"));
    EXPECT_EQ(printed({"explain", "abc", "-h"}), printed({"explain", "--help"}));
    EXPECT_EQ(printed({"--help", "explain"}), printed({"explain", "--help"}));
    EXPECT_THAT(printed({"top", "--help"}), HasSubstr("Usage: bindwatch top"));
    EXPECT_EQ(printed({"--help", "top"}), printed({"top", "-h"}));
    EXPECT_THAT(printed({"doctor", "--help"}), HasSubstr("Usage: bindwatch doctor"));
    EXPECT_EQ(printed({"--help", "doctor"}), printed({"doctor", "-h"}));
}

TEST(ParseHelp, VersionSaysWhatItIsMadeOf) {
    const std::string text = printed({"--version"});
    EXPECT_TRUE(text.starts_with("bindwatch ")) << text;
    EXPECT_THAT(text, HasSubstr("\ncommit "));
    EXPECT_THAT(text, HasSubstr("\nlibbpf 1.1.0\n"));
    EXPECT_THAT(text, testing::ContainsRegex("\nport registry 20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]\n"));
    EXPECT_EQ(printed({"-V"}), text);
    EXPECT_EQ(printed({"explain", "--version"}), text);
    EXPECT_EQ(printed({"top", "--version"}), text);
    EXPECT_EQ(printed({"doctor", "--version"}), text);
}

} // namespace
} // namespace bindwatch
