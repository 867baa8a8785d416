// SPDX-License-Identifier: Apache-2.0
#include "sinks/sink.hpp"
#include "sinks/target.hpp"
#include "sinks/terminal.hpp"
#include "sinks/text_format.hpp"
#include "support/sample_events.hpp"
#include "util/unique_fd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>

#include <array>
#include <cstdlib>

namespace bindwatch {
namespace {

class TerminalTest : public testing::Test {
  protected:
    void SetUp() override {
        int master = -1;
        int slave = -1;
        ASSERT_EQ(::openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
        controller.reset(master);
        line.reset(slave);
        ::setenv("TERM", "xterm", 1);
        ::unsetenv("NO_COLOR");
        ::unsetenv("COLUMNS");
    }
    void set_width(unsigned short cells) const {
        const winsize size{.ws_row = 24, .ws_col = cells, .ws_xpixel = 0, .ws_ypixel = 0};
        ASSERT_EQ(::ioctl(line.get(), TIOCSWINSZ, &size), 0);
    }
    [[nodiscard]] int terminal() const { return line.get(); }

    UniqueFd controller;
    UniqueFd line;
    UniqueFd file{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
};

TEST_F(TerminalTest, KnowsATerminalAndItsWidth) {
    EXPECT_TRUE(is_terminal(terminal()));
    EXPECT_FALSE(is_terminal(file.get()));
    set_width(132);
    EXPECT_EQ(terminal_width(terminal()), 132U);
    EXPECT_EQ(terminal_width(file.get()), 0U);
    EXPECT_EQ(terminal_width(-1), 0U);
}

TEST_F(TerminalTest, AsksTheEnvironmentWhereTheTerminalDoesNotKnow) {
    set_width(0);
    EXPECT_EQ(terminal_width(terminal()), 80U);
    ::setenv("COLUMNS", "100", 1);
    EXPECT_EQ(terminal_width(terminal()), 100U);
    ::setenv("COLUMNS", "wide", 1);
    EXPECT_EQ(terminal_width(terminal()), 80U);
    set_width(90);
    EXPECT_EQ(terminal_width(terminal()), 90U);
}

TEST_F(TerminalTest, ColorsATerminalThatCan) {
    EXPECT_TRUE(use_color(ColorMode::automatic, terminal()));
    EXPECT_FALSE(use_color(ColorMode::automatic, file.get()));
    ::setenv("TERM", "dumb", 1);
    EXPECT_FALSE(use_color(ColorMode::automatic, terminal()));
    ::unsetenv("TERM");
    EXPECT_FALSE(use_color(ColorMode::automatic, terminal()));
}

TEST_F(TerminalTest, NoColorYieldsOnlyToTheFlag) {
    ::setenv("NO_COLOR", "1", 1);
    EXPECT_FALSE(use_color(ColorMode::automatic, terminal()));
    EXPECT_TRUE(use_color(ColorMode::always, terminal()));
    ::setenv("NO_COLOR", "", 1);
    EXPECT_TRUE(use_color(ColorMode::automatic, terminal()));
    EXPECT_FALSE(use_color(ColorMode::never, terminal()));
}

TEST_F(TerminalTest, ASinkFollowsTheTerminalsWidth) {
    set_width(200);
    Sink sink(std::make_unique<TextFormatter>(TextOptions{.width = terminal_width(terminal())}),
              std::make_unique<FdTarget>(terminal(), "terminal"));
    const auto bind_in_cells = [&] {
        EXPECT_TRUE(sink.append(sample::failed_bind()) && sink.flush());
        std::array<char, 8192> text{};
        const ssize_t got = ::read(controller.get(), text.data(), text.size());
        const std::string_view lines(text.data(), static_cast<std::size_t>(got));
        return lines.find("FAILED") - lines.rfind('\n', lines.find("FAILED"));
    };
    EXPECT_GT(bind_in_cells(), 80U) << "beside the service";
    set_width(80);
    EXPECT_TRUE(sink.append(sample::failed_bind()) && sink.flush());
    std::array<char, 8192> drained{};
    EXPECT_GT(::read(controller.get(), drained.data(), drained.size()), 0);
    EXPECT_LT(bind_in_cells(), 10U) << "below it";
}

} // namespace
} // namespace bindwatch
