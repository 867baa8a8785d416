// SPDX-License-Identifier: Apache-2.0
#include "inventory/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>

#include <string>
#include <utility>
#include <vector>

namespace bindwatch {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t start_ns = 1'795'594'231 * second_ns; // 2026-11-25 08:10:31 UTC
constexpr std::uint32_t here = 4026531840;

Sharer sharer(std::uint32_t pid, std::string comm) {
    return {.pid = pid,
            .uid = 33,
            .comm = std::move(comm),
            .start_time_ns = start_ns + (pid - 100) * second_ns,
            .fds = {6}};
}

FoundSocket listener(std::vector<Sharer> sharers) {
    FoundSocket socket;
    Event& event = socket.event;
    event.origin = Origin::snapshot;
    event.protocol = IPPROTO_TCP;
    event.address = Address{.family = Family::ipv4, .bytes = {127, 0, 0, 1}};
    event.port = 1683;
    event.socket.netns = here;
    if (!sharers.empty()) {
        event.process = process_of(sharers.front());
    }
    event.found =
        Found{.state = SocketState::listen, .sharers = std::move(sharers), .maker = Maker{.uid = 33}};
    return socket;
}

std::string answer(const FoundSocket& socket, std::int64_t after_ns = 12 * second_ns) {
    return who_text({&socket, 1}, {.now_ns = start_ns + after_ns, .clock = Clock::utc, .own_netns = here});
}

TEST(Answer, TheMakersStartIsABoundAndSaidToBeOne) {
    auto socket = listener({sharer(100, "nginx")});
    socket.event.found->sharers[0].made = true;
    EXPECT_THAT(answer(socket),
                HasSubstr("  since      08:10:31 or later (at most 12 s ago): when nginx[100] "
                          "started, which made the socket\n"));
    EXPECT_THAT(answer(socket), Not(HasSubstr("made by"))) << "as everybody expects";
    EXPECT_THAT(answer(socket, 50L * 3600 * second_ns), HasSubstr("  since      at most 2 d 2 h ago: when"));
}

TEST(Answer, WithoutTheMakerNothingIsClaimed) {
    auto socket = listener({sharer(100, "nginx")});
    EXPECT_THAT(answer(socket), HasSubstr("  since      not known, it was there before; its process started "
                                          "12 s ago\n"));
    EXPECT_THAT(answer(socket), HasSubstr("  made by    user 33, in a process that has gone or has changed "
                                          "since (exec, setuid); perhaps nginx[100]\n"));
    socket = listener({sharer(100, "nginx"), sharer(101, "nginx")});
    EXPECT_THAT(answer(socket), HasSubstr("; the oldest process started 12 s ago\n"));
}

TEST(Answer, AMakerThatIsNotTheFirstOrIsAnotherUserIsNamed) {
    auto socket = listener({sharer(100, "old"), sharer(105, "new")});
    socket.event.found->sharers[1].made = true;
    socket.event.found->maker->user = "www-data";
    EXPECT_THAT(answer(socket),
                HasSubstr("  since      08:10:36 or later (at most 7.0 s ago): when new[105]"));
    EXPECT_THAT(answer(socket), HasSubstr("  made by    new[105], user www-data (33)\n"));
    socket = listener({sharer(100, "nginx")});
    socket.event.found->sharers[0].made = true;
    socket.event.found->maker->uid = 0;
    EXPECT_THAT(answer(socket), HasSubstr("  made by    nginx[100], user 0\n"));
}

TEST(Answer, EachSharerHasALineThatSaysHowItCameByTheSocket) {
    auto socket =
        listener({sharer(100, "systemd"), sharer(101, "nginx"), sharer(102, "nginx"), sharer(103, "x")});
    auto& sharers = socket.event.found->sharers;
    sharers[0].made = true;
    sharers[1].activated = true;
    sharers[1].ancestor = 100;
    sharers[1].is_child = true;
    sharers[2].ancestor = 101;
    sharers[3].fds = {3, 4};
    EXPECT_THAT(
        answer(socket),
        HasSubstr(
            "  shared by  systemd[100] fd 6: made it\n"
            "             nginx[101] fd 6: was started with it (socket activation), child of systemd[100]\n"
            "             nginx[102] fd 6: descends from nginx[101]\n"
            "             x[103] fd 3+4: how it came by the socket is not known\n"));
}

TEST(Answer, OfManySharersTheFirstAreNamed) {
    std::vector<Sharer> many;
    for (std::uint32_t pid = 100; pid < 120; ++pid) {
        many.push_back(sharer(pid, "worker"));
    }
    const std::string text = answer(listener(many));
    EXPECT_THAT(text, HasSubstr("worker[115] fd 6"));
    EXPECT_THAT(text, Not(HasSubstr("worker[116] fd 6")));
    EXPECT_THAT(text, HasSubstr("             and 4 more: list --tree shows them\n"));
}

TEST(Answer, OfWhatNobodyHasTheUserIsKnown) {
    auto socket = listener({});
    socket.event.found->unheld = Unheld::in_flight;
    EXPECT_THAT(answer(socket), HasSubstr("or has changed since (exec, setuid)\n"));
    EXPECT_THAT(answer(socket), Not(HasSubstr("  since ")));
    socket.event.found->maker.reset();
    EXPECT_THAT(answer(socket), Not(HasSubstr("made by")));
}

TEST(Answer, NoByteOfAnotherProgramActsOnATerminal) {
    auto socket = listener({sharer(100, "a\033[2J")});
    socket.event.found->sharers[0].made = true;
    socket.event.found->maker->user = "b\033[2J";
    socket.event.found->maker->uid = 0;
    EXPECT_THAT(answer(socket), Not(HasSubstr("\033")));
}

} // namespace
} // namespace bindwatch
