// SPDX-License-Identifier: Apache-2.0
#include "sinks/json_format.hpp"
#include "sinks/utf8.hpp"
#include "support/flat_json.hpp"
#include "support/sample_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bindwatch {
namespace {

std::string line_of(const auto& record, std::uint64_t seq = 1) {
    JsonFormatter formatter("web-1", sample::boot_id);
    std::string out;
    formatter.append(out, {.seq = seq}, record);
    return out;
}

using Line = std::map<std::string, std::string>;

Line parsed(const std::string& line) {
    const auto flat = test::flatten_json(line);
    EXPECT_TRUE(flat) << line;
    return flat.value_or(Line{});
}

TEST(JsonFormat, WritesEveryKeyInTheOrderOfTheContract) {
    EXPECT_EQ(
        line_of(sample::bind_1683(), 17),
        R"({"schema":"bindwatch/1","seq":17,"time":"2026-11-23T08:10:31.123456789Z","host":"web-1",)"
        R"("boot_id":"6f1b4a2e-6d0c-4b8e-9a53-0c8f6a1d2e3f","event":"bind","outcome":"success","origin":"live",)"
        R"("implicit":false,"transport":"tcp","family":"ipv4","address":"127.0.0.1","port":1683,)"
        R"("requested_port":1683,"scope":"loopback","socket":{"cookie":4711,"netns":4026531840,"type":"stream",)"
        R"("reuse_addr":true,"reuse_port":false,"v6only":null,"freebind":false,"transparent":false,"ifindex":0,)"
        R"("backlog":null,"kernel":false},"process":{"pid":2608,"tid":2608,"ns_pid":2608,"ppid":1200,)"
        R"("comm":"python3","exe":"/usr/bin/python3.11","args":["python3","-m","http.server","1683"],)"
        R"("args_truncated":false,"uid":0,"gid":0,"user":"root","start_time":"2026-11-23T08:10:30.900000000Z",)"
        R"("pidns":4026531836,"ancestors":[{"pid":1200,"comm":"bash"},{"pid":1,"comm":"systemd"}]},)"
        R"("cgroup":{"id":231,"path":"/system.slice/ssh.service"},"container":null,"iana":{"tier":"user",)"
        R"("status":"unassigned","service":null,"description":null,"listed_as":"ncpm-hip","note":"Every copy of )"
        R"(the registry since 2005 carries this name without a date, a reference or known software: treated as )"
        R"(unassigned."},"error":null,"holders":[],"held_ns":null,"alerts":[{"rule":"unassigned-port",)"
        R"("severity":"warning","message":"python3[2608] claimed 1683/tcp, which is not assigned by IANA: )"
        R"(something put it there deliberately"}]})"
        "\n");
}

TEST(JsonFormat, WritesControlRecords) {
    const std::string stream = R"("host":"web-1","boot_id":"6f1b4a2e-6d0c-4b8e-9a53-0c8f6a1d2e3f",)";
    EXPECT_EQ(line_of(StartRecord{
                  .time_ns = 1, .version = "0.1.0", .plan = "cgroup", .filters_json = R"({"pid":[1]})"}),
              R"({"schema":"bindwatch/1","seq":1,"time":"1970-01-01T00:00:00.000000001Z",)" + stream +
                  R"("event":"start","version":"0.1.0","plan":"cgroup","filters":{"pid":[1]}})" + "\n");
    EXPECT_EQ(line_of(LostRecord{.time_ns = 2'000'000'000,
                                 .count = 12,
                                 .since_ns = 1,
                                 .cpu = 1,
                                 .bind = 3,
                                 .listen = 4,
                                 .release = 5},
                      2),
              R"({"schema":"bindwatch/1","seq":2,"time":"1970-01-01T00:00:02.000000000Z",)" + stream +
                  R"("event":"lost","count":12,"since":"1970-01-01T00:00:00.000000001Z","cpu":1,"bind":3,)" +
                  R"("listen":4,"release":5,"untracked":0})" + "\n");
    EXPECT_EQ(line_of(StopRecord{.time_ns = 0, .events = 3, .lost = 2, .alerts = 1, .duration_ns = 9}, 3),
              R"({"schema":"bindwatch/1","seq":3,"time":"1970-01-01T00:00:00.000000000Z",)" + stream +
                  R"("event":"stop","events":3,"lost":2,"alerts":1,"duration_ns":9})" + "\n");
}

TEST(JsonFormat, WritesTheErrorOfAFailure) {
    const Line line = parsed(line_of(sample::failed_bind()));
    EXPECT_EQ(line.at("/outcome"), "failure");
    EXPECT_EQ(line.at("/error/errno"), "98");
    EXPECT_EQ(line.at("/error/name"), "EADDRINUSE");
    EXPECT_EQ(line.at("/error/message"), "Address already in use");
}

TEST(JsonFormat, KeepsIntegersExact) {
    Event event = sample::life_of_a_claim().back();
    event.socket.cookie = UINT64_MAX;
    event.held_ns = UINT64_MAX - 1;
    event.socket.ifindex = UINT32_MAX;
    const Line line = parsed(line_of(event, UINT64_MAX));
    EXPECT_EQ(line.at("/seq"), std::to_string(UINT64_MAX));
    EXPECT_EQ(line.at("/socket/cookie"), std::to_string(UINT64_MAX));
    EXPECT_EQ(line.at("/held_ns"), std::to_string(UINT64_MAX - 1));
    EXPECT_EQ(line.at("/socket/ifindex"), std::to_string(UINT32_MAX));
}

TEST(JsonFormat, UnknownIsNull) {
    Event event = sample::bind_1683();
    event.process = Process{.pid = 7, .comm = "x"};
    event.cgroup.reset();
    event.iana.reset();
    const Line line = parsed(line_of(event));
    for (const char* key :
         {"tid", "ns_pid", "ppid", "exe", "args", "uid", "gid", "user", "start_time", "pidns"}) {
        EXPECT_EQ(line.at(std::string("/process/") + key), "null") << key;
    }
    EXPECT_EQ(line.at("/process/ancestors"), "[]");
    EXPECT_EQ(line.at("/cgroup"), "null");
    EXPECT_EQ(line.at("/iana"), "null");
    event.process.reset();
    EXPECT_EQ(parsed(line_of(event)).at("/process"), "null");
    JsonFormatter without_boot_id("h", "");
    std::string out;
    without_boot_id.append(out, {.seq = 1}, event);
    EXPECT_EQ(parsed(out).at("/boot_id"), "null");
}

TEST(JsonFormat, MakesHostileBytesValidAndHarmless) {
    for (const sample::Hostile& hostile : sample::hostile_strings()) {
        Event event = sample::bind_1683();
        Process process = sample::python();
        process.args = std::vector<std::string>{hostile.bytes};
        process.user = hostile.bytes;
        event.process = process;
        const std::string line = line_of(event);
        const Line document = parsed(line);
        EXPECT_EQ(document.at("/process/args/0"), hostile.valid_utf8);
        EXPECT_EQ(document.at("/process/user"), hostile.valid_utf8);
        for (std::string_view rest = std::string_view(line).substr(0, line.size() - 1); !rest.empty();) {
            const CodePoint next = next_code_point(rest);
            ASSERT_NE(next.value, CodePoint::invalid) << line;
            ASSERT_FALSE(acts_on_terminal(next.value)) << line;
            rest.remove_prefix(next.bytes);
        }
    }
}

TEST(JsonFormat, AppendsOneLineEach) {
    JsonFormatter formatter("h", sample::boot_id);
    std::string out = "kept\n";
    std::uint64_t seq = 0;
    const std::vector<Event> events = sample::all_sorts();
    for (const Event& event : events) {
        formatter.append(out, {.seq = ++seq}, event);
    }
    EXPECT_TRUE(out.starts_with("kept\n{"));
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(out, '\n')), events.size() + 1);
}

// The formatter remembers what it wrote of a process and of an address.
TEST(JsonFormat, WhatItRemembersIsNeverStale) {
    std::vector<Event> events = sample::all_sorts();
    for (const std::uint32_t pid : {2608U, 2608U + 32U, 2608U}) { // the same place of its memory
        Event event = sample::bind_1683(pid);
        Process process = sample::python(pid);
        const auto add = [&] {
            event.process = process;
            events.push_back(event);
        };
        add();
        process.user = "other";
        add();
        process.args = std::vector<std::string>{"python3"};
        add();
        process.ancestors.front().comm = "zsh";
        add();
        process.start_time_ns += 1;
        add();
        event.address = Address{.family = Family::ipv4, .bytes = {127, 0, 0, 2}};
        add();
    }
    JsonFormatter used("web-1", sample::boot_id);
    for (int round = 0; round < 2; ++round) {
        for (const Event& event : events) {
            std::string out;
            used.append(out, {.seq = 1}, event);
            EXPECT_EQ(out, line_of(event));
        }
    }
}

TEST(JsonFormat, TakesALineLongerThanItsBuffer) {
    const std::string arg = std::string(50'000, 'x') + "\x1b" + std::string(50'000, '\n');
    Process process = sample::python();
    process.args = std::vector<std::string>(3, arg);
    Event event = sample::bind_1683();
    event.process = process;
    const Line line = parsed(line_of(event));
    EXPECT_EQ(line.at("/process/args/2"), arg);
}

} // namespace
} // namespace bindwatch
