// SPDX-License-Identifier: Apache-2.0
#include "sinks/printable.hpp"
#include "sinks/text_format.hpp"
#include "sinks/utf8.hpp"
#include "support/sample_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace bindwatch {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string table(const std::vector<Event>& events, std::size_t width = 0, bool color = false) {
    TextFormatter formatter({.width = width, .color = color, .clock = Clock::utc});
    std::string out;
    for (const Event& event : events) {
        formatter.append(out, {.seq = 1}, event);
    }
    return out;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        out.push_back(line);
    }
    return out;
}

TEST(TextFormat, IsATable) {
    std::vector<Event> events = sample::life_of_a_claim();
    events.push_back(sample::failed_bind());
    EXPECT_EQ(
        table(events, 120),
        "TIME          EVENT    PORT         ADDRESS          PROCESS                   USER      WHAT THE "
        "PORT IS\n"
        "08:10:31.123  bind     1683/tcp     127.0.0.1        python3[2608]             root      unassigned "
        "(listed as ncpm-hip)\n"
        "  ! 1683/tcp is not assigned by IANA: something put it there deliberately. python3 -m http.server "
        "1683, "
        "started by\n"
        "    bash[1200]\n"
        "08:10:31.124  listen   1683/tcp     127.0.0.1        python3[2608]             root\n"
        "08:10:34.324  release  1683/tcp     127.0.0.1        python3[2608]             root      held 3.2 "
        "s\n"
        "08:10:31.123  bind     80/tcp       0.0.0.0          nginx[88]                 www-data  http\n"
        "  · FAILED EADDRINUSE: Address already in use\n");
}

TEST(TextFormat, HasALineForEachEventAndAlertInAPipe) {
    std::vector<Event> events = sample::life_of_a_claim();
    events.push_back(sample::failed_bind());
    const std::vector<std::string> lines = lines_of(table(events));
    ASSERT_EQ(lines.size(), 6U);
    EXPECT_EQ(lines[2],
              "  ! 1683/tcp is not assigned by IANA: something put it there deliberately. python3 -m "
              "http.server 1683, started by bash[1200]");
    EXPECT_THAT(lines[5], EndsWith("www-data          http · FAILED EADDRINUSE: Address already in use"));
}

TEST(TextFormat, FitsTheTerminal) {
    for (const std::size_t width : {64U, 80U, 81U, 90U, 100U, 120U, 132U, 200U, 250U}) {
        for (const std::string& line : lines_of(table(sample::all_sorts(), width))) {
            EXPECT_LE(cells(line), width) << line;
        }
    }
}

/// Where each column starts, in cells.
std::vector<std::size_t> starts_of(const std::string& header) {
    std::vector<std::size_t> out;
    for (const char* title : {"TIME", "EVENT", "PORT", "ADDRESS", "PROCESS", "USER"}) {
        out.push_back(header.find(title));
    }
    return out;
}

/// The byte at which the cell begins, or npos.
std::size_t byte_at_cell(std::string_view line, std::size_t cell) {
    std::size_t at = 0;
    for (std::size_t used = 0; at < line.size() && used < cell;) {
        const CodePoint next = next_code_point(line.substr(at));
        used += display_width(next.value);
        at += next.bytes;
    }
    return at;
}

TEST(TextFormat, StaysAligned) {
    for (const std::size_t width : {0U, 80U, 100U, 200U}) {
        const std::vector<std::string> lines = lines_of(table(sample::all_sorts(), width));
        const std::vector<std::size_t> starts = starts_of(lines.front());
        std::size_t rows = 0;
        for (const std::string& line : lines) {
            if (line.front() != '0') {
                continue;
            }
            ++rows;
            for (const std::size_t start : starts) {
                const std::size_t at = byte_at_cell(line, start);
                ASSERT_LT(at, line.size()) << line;
                EXPECT_NE(line[at], ' ') << line;
                EXPECT_TRUE(start == 0 || line[at - 1] == ' ') << line;
            }
        }
        EXPECT_EQ(rows, sample::all_sorts().size());
    }
}

TEST(TextFormat, LosesNoAddressAndNoPid) {
    Event event = sample::bind_1683(1'234'567);
    Process process = sample::python(1'234'567);
    process.comm = "fifteen-letters";
    event.process = process;
    event.family = Family::ipv6;
    event.address = Address{.family = Family::ipv6,
                            .bytes = {0x20, 1, 0x0D, 0xB8, 0x85, 0xA3, 0x88, 0xD3, 0x13, 0x19, 0x8A, 0x2E,
                                      0x13, 0x70, 0x73, 0x48}};
    for (const std::size_t width : {0U, 80U, 100U, 200U}) {
        const std::string text = table({event}, width);
        EXPECT_THAT(text, HasSubstr("[1234567]")) << width;
        EXPECT_THAT(text, HasSubstr("2001:db8:85a3:88d3:1319:8a2e:1370:7348")) << width;
    }
    EXPECT_THAT(table({event}), HasSubstr("fifteen-letters[1234567]"));
}

TEST(TextFormat, SaysHowThePortWasChosen) {
    Event event = sample::bind_1683();
    event.alerts.clear();
    event.requested_port = 0;
    EXPECT_THAT(table({event}), HasSubstr("· asked for any\n"));
    event.requested_port.reset();
    event.implicit = true;
    EXPECT_THAT(table({event}), HasSubstr("· listen without bind\n"));
    event.implicit = false;
    event.origin = Origin::snapshot;
    EXPECT_THAT(table({event}), HasSubstr("· was there before\n"));
}

TEST(TextFormat, SaysWhichContainerItWas) {
    Event event = sample::bind_1683();
    event.alerts.clear();
    const std::string id = "0123456789ab" + std::string(52, 'c');
    event.container = Container{.id = id, .runtime = "docker"};
    EXPECT_THAT(table({event}), HasSubstr("· docker container 0123456789ab\n"));
    event.container->name = "web";
    EXPECT_THAT(table({event}), HasSubstr("· docker container web\n"));
    event.container = Container{.id = "mysql-primary-db", .runtime = "lxc"};
    EXPECT_THAT(table({event}), HasSubstr("· lxc container mysql-primary-db\n"));
    event.container =
        Container{.id = id, .runtime = "k8s-unknown", .pod_uid = "8712f785-1a3e-41ec-a00b-e2dcc77431cb"};
    EXPECT_THAT(
        table({event}),
        HasSubstr("· Kubernetes container 0123456789ab of pod 8712f785-1a3e-41ec-a00b-e2dcc77431cb\n"));
    event.container->pod = "web-7d4b9";
    EXPECT_THAT(table({event}), HasSubstr("· Kubernetes container 0123456789ab of pod web-7d4b9\n"));
}

TEST(TextFormat, NamesWhatAPortIs) {
    Event event = sample::bind_1683();
    event.alerts.clear();
    const auto what = [&event](const PortInfo& iana) {
        event.iana = iana;
        const std::string line = lines_of(table({event})).at(1);
        return line.substr(line.find("root") + 18);
    };
    EXPECT_EQ(what({.status = Status::assigned, .service = "http", .description = "World Wide Web HTTP"}),
              "http");
    EXPECT_EQ(what({.status = Status::assigned, .description = "something"}), "something");
    EXPECT_EQ(what({.status = Status::assigned}), "assigned");
    EXPECT_EQ(what({.status = Status::unassigned}), "unassigned");
    EXPECT_EQ(what({.status = Status::unassigned, .listed_as = "x"}), "unassigned (listed as x)");
    EXPECT_EQ(what({.status = Status::reserved}), "reserved");
    EXPECT_EQ(what({.status = Status::dynamic}), "dynamic");
}

TEST(TextFormat, ShowsWhatIsNotKnown) {
    Event event = sample::failed_bind();
    event.address.reset();
    event.port.reset();
    event.iana.reset();
    event.process = Process{.pid = 88, .comm = "nginx", .uid = 33};
    EXPECT_THAT(table({event}), HasSubstr("?/tcp          -     "));
    EXPECT_THAT(table({event}), HasSubstr(" 33 "));
    event.process.reset();
    EXPECT_THAT(table({event}), HasSubstr("kernel                    -  "));
}

TEST(TextFormat, AlertsSayTheRuleTheCommandAndTheParent) {
    Event event = sample::bind_1683();
    event.alerts.front().rule = "dynamic-port";
    EXPECT_THAT(table({event}), HasSubstr("\n  ! 1683/tcp is a dynamic port: "));
    event.alerts.front().rule = "reserved-port";
    EXPECT_THAT(table({event}), HasSubstr("\n  ! 1683/tcp is reserved by IANA: "));
    event.alerts.front() = {.rule = "mine", .message = "no\nsuch"};
    Process process = sample::python();
    process.args = std::vector<std::string>{"sh", "-c", "nc -l 1683\x1b"};
    process.args_truncated = true;
    process.ancestors.clear();
    event.process = process;
    EXPECT_THAT(table({event}), HasSubstr("\n  ! no\\nsuch. sh -c 'nc -l 1683\\x1b' …\n"));
    process.args.reset();
    event.process = process;
    EXPECT_THAT(table({event}), HasSubstr(". /usr/bin/python3.11\n"));
    event.process.reset();
    EXPECT_THAT(table({event}), HasSubstr("\n  ! no\\nsuch\n"));
}

TEST(TextFormat, ALongCommandDoesNotFloodTheTerminal) {
    Event event = sample::bind_1683();
    Process process = sample::python();
    process.args = std::vector<std::string>(400, "argument");
    event.process = process;
    EXPECT_LE(lines_of(table({event}, 80)).size(), 8U);
    EXPECT_THAT(table({event}, 80), HasSubstr("started by bash[1200]"));
    EXPECT_EQ(lines_of(table({event})).size(), 3U);
}

TEST(TextFormat, HeaderComesOnceAndWithTheStart) {
    TextFormatter formatter({});
    std::string out;
    formatter.append(out, {.seq = 1}, StartRecord{});
    EXPECT_THAT(out, testing::StartsWith("TIME "));
    const std::string header = out;
    formatter.append(out, {.seq = 2}, StartRecord{});
    formatter.append(out, {.seq = 3}, StopRecord{});
    EXPECT_EQ(out, header);
}

TEST(TextFormat, SaysClearlyWhatWasLost) {
    TextFormatter formatter({.clock = Clock::utc});
    std::string out;
    formatter.append(
        out, {.seq = 1},
        LostRecord{.time_ns = sample::time_ns + 2'000'000'000, .count = 12, .since_ns = sample::time_ns});
    EXPECT_THAT(out,
                HasSubstr("\n!! 12 events were lost here: bindwatch did not keep up between 08:10:31.123 and "
                          "08:10:33.123"));
    out.clear();
    formatter.append(out, {.seq = 2}, LostRecord{.count = 1});
    EXPECT_THAT(out, HasSubstr("!! 1 event was lost here"));
}

std::string without_color(std::string text) {
    for (std::size_t at = text.find("\x1b["); at != std::string::npos; at = text.find("\x1b[", at)) {
        const std::size_t end = text.find('m', at);
        EXPECT_EQ(text.find_first_not_of("0123456789;", at + 2), end) << text.substr(at, 8);
        text.erase(at, end - at + 1);
    }
    return text;
}

TEST(TextFormat, ColorChangesNothingElse) {
    for (const std::size_t width : {0U, 80U, 200U}) {
        const std::string colored = table(sample::all_sorts(), width, true);
        EXPECT_THAT(colored, HasSubstr("\x1b[32mbind\x1b[0m"));
        EXPECT_EQ(without_color(colored), table(sample::all_sorts(), width));
    }
}

TEST(TextFormat, NothingHostileReachesTheTerminal) {
    for (const std::size_t width : {0U, 64U, 80U, 200U}) {
        const std::string text = table(sample::all_sorts(), width);
        for (std::string_view rest = text; !rest.empty();) {
            const CodePoint next = next_code_point(rest);
            ASSERT_NE(next.value, CodePoint::invalid);
            ASSERT_TRUE(next.value == '\n' || !acts_on_terminal(next.value)) << std::hex << next.value;
            rest.remove_prefix(next.bytes);
        }
    }
}

TEST(TextFormat, FollowsTheTerminalsWidth) {
    TextFormatter formatter({.width = 200, .clock = Clock::utc});
    std::string out;
    formatter.append(out, {.seq = 1}, sample::bind_1683());
    formatter.resize(80);
    out.clear();
    formatter.append(out, {.seq = 2}, sample::bind_1683());
    EXPECT_THAT(out, Not(HasSubstr("TIME")));
    for (const std::string& line : lines_of(out)) {
        EXPECT_LE(cells(line), 80U) << line;
    }
}

} // namespace
} // namespace bindwatch
