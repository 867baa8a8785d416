// SPDX-License-Identifier: Apache-2.0
#include "sinks/printable.hpp"
#include "sinks/utf8.hpp"
#include "support/sample_events.hpp"
#include "top/detail.hpp"
#include "top/layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bindwatch::top {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr Size usual{.width = 80, .height = 24};
constexpr std::int64_t now_ns = sample::time_ns + 60'000'000'000;

bool is_safe(std::string_view text) {
    while (!text.empty()) {
        const CodePoint next = next_code_point(text);
        if (next.value == CodePoint::invalid || acts_on_terminal(next.value)) {
            return false;
        }
        text.remove_prefix(next.bytes);
    }
    return true;
}

class TopLayout : public testing::Test {
  protected:
    std::vector<std::string> draw(Size size = usual) {
        const Screen screen = layout.draw(view, size, now_ns);
        EXPECT_LE(screen.lines.size(), size.height);
        std::vector<std::string> lines;
        for (const Line& line : screen.lines) {
            lines.push_back(text_of(line));
            EXPECT_EQ(cells(lines.back()), size.width) << lines.back();
            EXPECT_TRUE(is_safe(lines.back())) << lines.back();
        }
        cursor = screen.cursor;
        return lines;
    }
    std::string joined(Size size = usual) {
        std::string all;
        for (const std::string& line : draw(size)) {
            all += line + '\n';
        }
        return all;
    }
    void take(Event event) {
        event.claim = ++claims;
        model.take(event);
    }
    void press(std::string_view characters) {
        for (const char c : characters) {
            view.press({.name = Key::Name::character, .character = static_cast<char32_t>(c)});
        }
    }
    void press(Key::Name name) { view.press({.name = name}); }

    Model model;
    View view{model};
    Surroundings surroundings{.filters = "{}", .own_netns = 4026531840, .clock = Clock::utc};
    Layout layout{model, surroundings};
    std::optional<Cursor> cursor;
    std::uint64_t claims = 0;
};

TEST_F(TopLayout, ShowsClaimsWithAlertsOnTop) {
    model.start({.plan = "cgroup"});
    take(sample::bind_1683());
    const auto lines = draw();
    ASSERT_EQ(lines.size(), 24U);
    EXPECT_THAT(lines[0], StartsWith(" bindwatch top   plan cgroup   newest first "));
    EXPECT_THAT(lines[1], StartsWith(" claims 1  alerts 1  failures 0  events 1   0 events/s  0 lost"));
    EXPECT_THAT(lines[2], StartsWith("08:10:31.123 warning  1683/tcp is not assigned by IANA"));
    EXPECT_THAT(lines[3], StartsWith("SINCE        STATE   PORT      ADDRESS       PROCESS       USER WHAT"));
    EXPECT_THAT(lines[4],
                StartsWith("08:10:31.123 bound   1683/tcp  127.0.0.1     python3[2608] root unassigned"));
    EXPECT_THAT(lines[23], HasSubstr("q quit"));
    EXPECT_FALSE(cursor);
}

TEST_F(TopLayout, KeepsThreeAlertsOnTop) {
    for (std::uint32_t pid = 1; pid <= 9; ++pid) {
        take(sample::bind_1683(pid));
    }
    auto lines = draw();
    EXPECT_THAT(lines[4], HasSubstr("warning"));
    EXPECT_THAT(lines[5], StartsWith("SINCE"));
    lines = draw({.width = 80, .height = 12});
    EXPECT_THAT(lines[2], HasSubstr("warning"));
    EXPECT_THAT(lines[3], StartsWith("SINCE")) << "one on a small screen";
}

TEST_F(TopLayout, MarksTheSelectedLine) {
    take(sample::bind_1683(1));
    take(sample::bind_1683(2));
    press("j");
    const Screen screen = layout.draw(view, usual, now_ns);
    const auto reversed = [](const Line& line) { return line.front().reversed && line.back().reversed; };
    EXPECT_FALSE(reversed(screen.lines[5]));
    EXPECT_TRUE(reversed(screen.lines[6]));
    EXPECT_THAT(text_of(screen.lines[6]), HasSubstr("[1]"));
}

TEST_F(TopLayout, SaysWhatWasThereBeforeAndWhoSharesIt) {
    Event event = sample::bind_1683();
    event.origin = Origin::snapshot;
    event.found =
        Found{.state = SocketState::listen,
              .sharers = {Sharer{.pid = 2608, .comm = "python3"}, Sharer{.pid = 3, .comm = "child"}}};
    event.socket.netns = 17;
    take(event);
    const std::string all = joined({.width = 120, .height = 24});
    EXPECT_THAT(all, HasSubstr("\nbefore        listen"));
    EXPECT_THAT(all, HasSubstr("python3[2608] +1"));
    EXPECT_THAT(all, HasSubstr("netns 17"));
}

TEST_F(TopLayout, ShowsTheDayOfWhatIsOld) {
    take(sample::bind_1683());
    const Screen screen = layout.draw(view, usual, now_ns + 3 * 86'400'000'000'000);
    EXPECT_THAT(text_of(screen.lines[4]), StartsWith("Nov 23 08:10 bound"));
}

TEST_F(TopLayout, ShowsFailuresAndEvents) {
    Event failed = sample::failed_bind();
    failed.reason = "nginx[29387] listens on 0.0.0.0:80";
    take(failed);
    press(Key::Name::tab);
    press(Key::Name::tab);
    EXPECT_THAT(joined({.width = 200, .height = 24}),
                HasSubstr("www-data          EADDRINUSE · nginx[29387] listens on 0.0.0.0:80"));
    press(Key::Name::tab);
    std::vector<Event> life = sample::life_of_a_claim();
    for (Event& event : life) {
        event.claim = 99;
        model.take(event);
    }
    const auto lines = draw();
    EXPECT_THAT(lines[2], StartsWith("TIME         EVENT"));
    EXPECT_THAT(lines[3], HasSubstr("release 1683/tcp  127.0.0.1     python3[2608] root held 3.2 s"));
    EXPECT_THAT(lines[4], HasSubstr("listen"));
    EXPECT_THAT(lines[5], HasSubstr("bind    1683/tcp  127.0.0.1     python3[2608] root unassigned"));
    EXPECT_THAT(lines[6], HasSubstr("EADDRINUSE"));
}

TEST_F(TopLayout, ShowsAllOfOneClaim) {
    take(sample::bind_1683());
    press(Key::Name::enter);
    const std::string all = joined({.width = 100, .height = 40});
    for (const char* const part :
         {"1683/tcp 127.0.0.1: python3[2608] bound", "command    python3 -m http.server 1683",
          "executable /usr/bin/python3.11", "user       root (0)", "started by bash[1200], by systemd[1]",
          "unit       ssh.service", "port       unassigned (listed as ncpm-hip)",
          "to stop it systemctl stop ssh", "since      2026-11-23 08:10:31.123",
          "cgroup     /system.slice/ssh.service", "socket     stream, SO_REUSEADDR",
          "registry   user tier, unassigned", "note       Every copy of the registry",
          "! unassigned-port: python3[2608] claimed 1683/tcp"}) {
        EXPECT_THAT(all, HasSubstr(part));
    }
    EXPECT_THAT(all, Not(HasSubstr("network namespace"))) << "it is ours";
    Event release = sample::life_of_a_claim()[2];
    release.claim = claims;
    model.take(release);
    const std::string after = joined({.width = 100, .height = 40});
    EXPECT_THAT(after, HasSubstr("bound, and has ended"));
    EXPECT_THAT(after, Not(HasSubstr("to stop it"))) << "it has stopped";
}

TEST_F(TopLayout, SaysWhoIsInTheWay) {
    Event failed = sample::failed_bind();
    failed.reason = "nginx[29387] listens on 0.0.0.0:80";
    failed.holders.push_back({.pid = 29387,
                              .comm = "nginx",
                              .user = "root",
                              .address = {.family = Family::ipv4, .bytes = {}},
                              .port = 80,
                              .state = SocketState::listen});
    take(failed);
    press(Key::Name::tab);
    press(Key::Name::tab);
    press(Key::Name::enter);
    const std::string all = joined({.width = 120, .height = 40});
    EXPECT_THAT(all,
                HasSubstr("80/tcp 0.0.0.0: bind of nginx[88] FAILED EADDRINUSE: Address already in use"));
    EXPECT_THAT(all, HasSubstr("why        nginx[29387] listens on 0.0.0.0:80"));
    EXPECT_THAT(all, HasSubstr("in the way nginx[29387] of root: 0.0.0.0 port 80 (listen)"));
    EXPECT_THAT(all, Not(HasSubstr("to stop it"))) << "that would stop the one who did not get it";
}

TEST_F(TopLayout, ADetailScrolls) {
    take(sample::bind_1683());
    press(Key::Name::enter);
    const Size small{.width = 60, .height = 10};
    EXPECT_THAT(draw(small)[2], StartsWith("1683/tcp"));
    press("jj");
    EXPECT_THAT(draw(small)[2], StartsWith("  command"));
    press("G");
    const auto lines = draw(small);
    EXPECT_THAT(lines[8], HasSubstr("deliberately ")) << "as far as the last line and no further";
    press("g");
    EXPECT_THAT(draw(small)[2], StartsWith("1683/tcp"));
}

TEST_F(TopLayout, ShowsWhatIsTyped) {
    take(sample::bind_1683());
    press("/py");
    const auto lines = draw();
    EXPECT_THAT(lines[23], StartsWith("filter: py "));
    ASSERT_TRUE(cursor);
    EXPECT_EQ(cursor->line, 23U);
    EXPECT_EQ(cursor->column, 10U);
    press("thon but not this one, and a good deal more than what a narrow terminal has room for: END");
    EXPECT_THAT(draw({.width = 40, .height = 10})[9], HasSubstr("END"));
    ASSERT_TRUE(cursor);
    EXPECT_LT(cursor->column, 40U);
    EXPECT_THAT(joined(), HasSubstr("nothing that the filter lets through"));
}

TEST_F(TopLayout, NamesTheFiltersOfTheCommandLine) {
    surroundings.filters = R"({"port":["1683"]})";
    EXPECT_THAT(draw()[0], HasSubstr(R"(only {"port":["1683"]})"));
}

TEST_F(TopLayout, FollowingNamesThePort) {
    take(sample::bind_1683());
    press("f");
    EXPECT_THAT(draw()[1], HasSubstr(" events of 1683/tcp "));
    EXPECT_THAT(draw()[23], HasSubstr("Esc all ports"));
}

TEST_F(TopLayout, SaysWhenThereIsTooLittleRoom) {
    take(sample::bind_1683());
    for (const Size size : {Size{.width = 39, .height = 24}, Size{.width = 80, .height = 7},
                            Size{.width = 5, .height = 2}, Size{.width = 1, .height = 1}, Size{}}) {
        const auto lines = draw(size);
        EXPECT_LE(lines.size(), 1U);
        if (size.width >= 39) {
            EXPECT_THAT(lines[0], HasSubstr("needs 40x8"));
        }
    }
    EXPECT_EQ(draw().size(), 24U) << "and recovers";
}

TEST_F(TopLayout, HelpFitsTheUsualScreen) {
    press("?");
    const auto lines = draw();
    for (const std::string& line : lines) {
        EXPECT_THAT(line, Not(HasSubstr("…")));
    }
    EXPECT_THAT(lines[22], StartsWith("    ")) << "nothing is cut off below";
}

TEST_F(TopLayout, NothingHostileReachesTheScreen) {
    for (const Event& event : sample::all_sorts()) {
        take(event);
    }
    ASSERT_GT(model.claims().size(), 3U);
    for (const Size size : {Size{.width = 40, .height = 8}, usual, Size{.width = 200, .height = 100}}) {
        for (std::size_t pane = 0; pane < panes; ++pane) {
            for (std::size_t row = 0; row < view.rows().size(); ++row) {
                draw(size);
                press(Key::Name::enter);
                draw(size);
                press(Key::Name::escape);
                press("j");
            }
            press("g");
            press(Key::Name::tab);
        }
    }
}

TEST(TopFit, CutsAndFills) {
    Line line{{.text = "abc"}, {.text = "def"}};
    fit(line, 8);
    EXPECT_EQ(text_of(line), "abcdef  ");
    fit(line, 5);
    EXPECT_EQ(text_of(line), "abcd…");
    Line wide{{.text = "日本語"}};
    fit(wide, 4);
    EXPECT_EQ(cells(text_of(wide)), 4U);
    Line none;
    fit(none, 2);
    EXPECT_EQ(text_of(none), "  ");
}

TEST(TopWrapped, IndentsWhatFollows) {
    std::vector<Line> lines;
    append_wrapped(lines, "  label one two three", Style::plain, 13, 8);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(text_of(lines[0]), "  label one");
    EXPECT_EQ(text_of(lines[1]), "      two");
    EXPECT_EQ(text_of(lines[2]), "      three");
    lines.clear();
    append_wrapped(lines, "", Style::plain, 20, 4);
    EXPECT_EQ(lines.size(), 1U);
}

} // namespace
} // namespace bindwatch::top
