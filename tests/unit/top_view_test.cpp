// SPDX-License-Identifier: Apache-2.0
#include "support/sample_events.hpp"
#include "top/rows.hpp"
#include "top/view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace bindwatch::top {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Key key(Key::Name name) {
    return {.name = name};
}

class TopView : public testing::Test {
  protected:
    void bind(std::uint64_t claim, std::uint32_t port, const char* comm = "server") {
        Event event = sample::bind_1683(static_cast<std::uint32_t>(100 + claim));
        event.claim = claim;
        event.time_ns += static_cast<std::int64_t>(claim);
        event.port = event.requested_port = port;
        event.process->comm = comm;
        model.take(event);
    }
    void release(std::uint64_t claim) {
        Event event = sample::life_of_a_claim()[2];
        event.claim = claim;
        model.take(event);
    }
    void press(Key::Name name) { view.press(key(name)); }
    void press(std::string_view characters) {
        for (const char c : characters) {
            view.press({.name = Key::Name::character, .character = static_cast<char32_t>(c)});
        }
    }
    std::vector<std::uint32_t> ports() {
        std::vector<std::uint32_t> out;
        for (const Entry* entry : view.rows()) {
            out.push_back(*entry->event.port);
        }
        return out;
    }
    std::uint32_t selected_port() { return *view.rows().at(view.selected())->event.port; }

    Model model;
    View view{model};
};

TEST_F(TopView, SortsByTimePortAndProcess) {
    bind(1, 500, "b");
    bind(2, 300, "c");
    bind(3, 400, "a");
    EXPECT_THAT(ports(), ElementsAre(400, 300, 500)) << "newest first";
    press("s");
    EXPECT_EQ(view.sort(), Sort::port);
    EXPECT_THAT(ports(), ElementsAre(300, 400, 500));
    press("s");
    EXPECT_EQ(view.sort(), Sort::process);
    EXPECT_THAT(ports(), ElementsAre(400, 500, 300));
    press("s");
    EXPECT_EQ(view.sort(), Sort::time);
}

TEST_F(TopView, WhatWasThereBeforeComesAfterWhatCameLater) {
    Event old = sample::bind_1683();
    old.claim = 50;
    old.origin = Origin::snapshot;
    old.time_ns += 1'000'000'000; // when it was looked at
    old.port = 1;
    old.found = Found{.sharers = {Sharer{.pid = 1, .start_time_ns = 10}}};
    model.take(old);
    old.claim = 51;
    old.port = 2;
    old.found->sharers[0].start_time_ns = 20;
    model.take(old);
    bind(1, 80);
    EXPECT_THAT(ports(), ElementsAre(80, 2, 1));
}

TEST_F(TopView, TheSelectionStaysOnItsClaim) {
    bind(1, 1);
    bind(2, 2);
    bind(3, 3);
    EXPECT_EQ(selected_port(), 3U);
    bind(4, 4);
    EXPECT_EQ(selected_port(), 4U) << "on the first line it stays on the first line";
    press(Key::Name::down);
    EXPECT_EQ(selected_port(), 3U);
    bind(5, 5);
    EXPECT_EQ(selected_port(), 3U);
    release(3);
    EXPECT_EQ(selected_port(), 2U) << "the next is in its place";
    press("G");
    EXPECT_EQ(selected_port(), 1U);
    release(1);
    EXPECT_EQ(selected_port(), 2U) << "or the last";
    press("kkkkkkkk");
    EXPECT_EQ(selected_port(), 5U);
    release(2);
    release(4);
    release(5);
    EXPECT_THAT(ports(), IsEmpty());
    EXPECT_EQ(view.selected(), 0U);
    press("j");
    press(Key::Name::enter);
    press("f");
    EXPECT_FALSE(view.detail_shown()) << "there is nothing to show";
}

TEST_F(TopView, TheSelectedLineIsInSight) {
    for (std::uint64_t claim = 1; claim <= 50; ++claim) {
        bind(claim, static_cast<std::uint32_t>(claim));
    }
    EXPECT_EQ(view.first_shown(10, 50), 0U);
    press(Key::Name::page_down);
    EXPECT_EQ(view.selected(), 10U);
    EXPECT_EQ(view.first_shown(10, 50), 1U);
    press(Key::Name::end);
    EXPECT_EQ(view.first_shown(10, 50), 40U);
    EXPECT_EQ(view.first_shown(20, 50), 30U) << "no line of a larger screen stays empty";
    press(Key::Name::page_up);
    EXPECT_EQ(view.selected(), 29U);
    EXPECT_EQ(view.first_shown(20, 50), 29U);
    EXPECT_EQ(view.first_shown(5, 50), 29U);
    press(Key::Name::home);
    EXPECT_EQ(view.first_shown(0, 50), 0U) << "even without room";
}

TEST_F(TopView, FiltersByTyping) {
    bind(1, 8080, "nginx");
    bind(2, 1683, "python3");
    bind(3, 80, "nginx");
    press("/");
    EXPECT_TRUE(view.typing());
    press("NgI");
    EXPECT_THAT(ports(), ElementsAre(80, 8080)) << "at once, in any case of the letters";
    press("nx 8080");
    EXPECT_THAT(ports(), ElementsAre(8080)) << "all words have to be there";
    press(Key::Name::backspace);
    press(Key::Name::backspace);
    EXPECT_THAT(ports(), ElementsAre(80, 8080));
    press(Key::Name::down);
    EXPECT_EQ(selected_port(), 8080U) << "arrows move while one types";
    press(Key::Name::enter);
    EXPECT_FALSE(view.typing());
    EXPECT_EQ(view.filter(), "NgInx 80");
    press("s");
    EXPECT_EQ(view.sort(), Sort::port) << "keys are keys again";
    press(Key::Name::escape);
    EXPECT_EQ(view.filter(), "");
    EXPECT_EQ(ports().size(), 3U);
    press("/qs");
    EXPECT_TRUE(view.running()) << "a letter is a letter while one types";
    EXPECT_THAT(ports(), IsEmpty());
    press(Key::Name::escape);
    EXPECT_FALSE(view.typing());
    EXPECT_EQ(ports().size(), 3U);
}

TEST_F(TopView, AFilterTakesWhatCanBePrinted) {
    press("/a");
    for (const char32_t bad : {U'\x1b', U'\x9b', U'\x202e', char32_t{0xD800}, char32_t{0x110000}}) {
        view.press({.name = Key::Name::character, .character = bad});
    }
    EXPECT_EQ(view.filter(), "a");
    for (const char32_t good : {U'é', U'…', U'\x1F980'}) {
        view.press({.name = Key::Name::character, .character = good});
    }
    EXPECT_EQ(view.filter(), "aé…\U0001F980");
    press(Key::Name::backspace);
    press(Key::Name::backspace);
    EXPECT_EQ(view.filter(), "aé") << "a code point at a time";
    press("\x15"); // Ctrl-U
    EXPECT_EQ(view.filter(), "");
    view.press({.name = Key::Name::character, .character = U'\x301'});
    EXPECT_EQ(view.filter(), "") << "a combining mark has nothing to combine with";
    for (int i = 0; i < 1000; ++i) {
        press("x");
    }
    EXPECT_LE(view.filter().size(), 200U);
}

TEST_F(TopView, PassesByWhatTheLineSays) {
    Entry entry{.event = sample::bind_1683()};
    entry.event.container = Container{.id = "3f2a1b9c8d7e", .runtime = "docker", .name = "shop"};
    entry.event.found =
        Found{.sharers = {Sharer{.pid = 2608, .comm = "python3"}, Sharer{.pid = 99, .comm = "fork"}}};
    for (const std::string_view word :
         {"1683", "1683/tcp", "tcp", "127.0.0", "python", "2608", "root", "3f2a1b", "shop", "docker",
          "unassigned", "ncpm", "fork[99]", "python 1683 root", "  "}) {
        EXPECT_TRUE(passes(entry, word)) << word;
    }
    for (const std::string_view word : {"udp", "nginx", "1683 udp", "16830", "127.0.0.1 10.0.0.1"}) {
        EXPECT_FALSE(passes(entry, word)) << word;
    }
    EXPECT_TRUE(passes({.event = sample::failed_bind()}, "eaddrinuse"));
}

TEST_F(TopView, TabGoesRoundTheViews) {
    bind(1, 1683);
    model.take(sample::failed_bind());
    const auto panes_of = [&](Key::Name name) {
        std::vector<Pane> seen;
        for (int i = 0; i < 4; ++i) {
            press(name);
            seen.push_back(view.pane());
        }
        return seen;
    };
    EXPECT_THAT(panes_of(Key::Name::tab),
                ElementsAre(Pane::alerts, Pane::failures, Pane::events, Pane::claims));
    EXPECT_THAT(panes_of(Key::Name::back_tab),
                ElementsAre(Pane::events, Pane::failures, Pane::alerts, Pane::claims));
    press(Key::Name::tab);
    EXPECT_THAT(ports(), ElementsAre(1683));
    press(Key::Name::tab);
    EXPECT_THAT(ports(), ElementsAre(80));
    press(Key::Name::tab);
    EXPECT_THAT(ports(), ElementsAre(80, 1683)) << "newest first";
}

TEST_F(TopView, ADetailFollowsItsClaimAndOutlivesIt) {
    bind(1, 1683);
    press(Key::Name::enter);
    ASSERT_TRUE(view.detail());
    EXPECT_FALSE(view.detail()->entry.listening);
    Event listen = sample::life_of_a_claim()[1];
    listen.claim = 1;
    model.take(listen);
    EXPECT_TRUE(view.detail()->entry.listening);
    EXPECT_FALSE(view.detail()->ended);
    release(1);
    bind(1, 1683); // another socket with this number
    ASSERT_TRUE(view.detail());
    EXPECT_TRUE(view.detail()->ended);
    EXPECT_EQ(view.detail()->entry.event.process->pid, 101U);
    press(Key::Name::escape);
    EXPECT_FALSE(view.detail());
}

TEST_F(TopView, ADetailOfAnEventIsThePast) {
    model.take(sample::failed_bind());
    press(Key::Name::tab);
    press(Key::Name::tab);
    press(Key::Name::enter);
    ASSERT_TRUE(view.detail());
    EXPECT_FALSE(view.detail()->claim);
    EXPECT_FALSE(view.detail()->ended);
}

TEST_F(TopView, FollowsThePortOfTheSelectedLine) {
    bind(1, 80);
    bind(2, 1683);
    bind(3, 443);
    press("jf");
    EXPECT_EQ(view.pane(), Pane::events);
    ASSERT_TRUE(model.followed());
    EXPECT_EQ(model.followed()->port, 1683U);
    EXPECT_THAT(ports(), ElementsAre(1683));
    bind(4, 1683);
    bind(5, 80);
    EXPECT_THAT(ports(), ElementsAre(1683, 1683));
    press(Key::Name::escape);
    EXPECT_FALSE(model.followed());
    EXPECT_EQ(view.pane(), Pane::claims) << "back to where it came from";
    press(Key::Name::enter);
    press("f");
    EXPECT_FALSE(view.detail_shown());
    EXPECT_EQ(model.followed()->port, 1683U) << "the selected one still, from its detail too";
    press("f");
    EXPECT_FALSE(model.followed());
}

TEST_F(TopView, HelpGoesAwayWithAnyKey) {
    press("?");
    EXPECT_TRUE(view.help());
    press("x");
    EXPECT_FALSE(view.help());
    EXPECT_TRUE(view.running());
    press("?q");
    EXPECT_FALSE(view.running());
}

TEST_F(TopView, Ends) {
    press("x");
    EXPECT_TRUE(view.running());
    press("q");
    EXPECT_FALSE(view.running());
}

TEST_F(TopView, CtrlCEndsWhileOneTypes) {
    press("/a\x03");
    EXPECT_FALSE(view.running());
}

TEST_F(TopView, CtrlLDrawsAnewOnce) {
    EXPECT_FALSE(view.take_redraw());
    press("\x0c");
    EXPECT_TRUE(view.take_redraw());
    EXPECT_FALSE(view.take_redraw());
}

} // namespace
} // namespace bindwatch::top
