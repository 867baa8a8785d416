// SPDX-License-Identifier: Apache-2.0
#include "cli/top.hpp"

#include "cli/follow.hpp"
#include "inventory/survey.hpp"
#include "sinks/terminal.hpp"
#include "terminal/terminal.hpp"
#include "terminal/terminal_type.hpp"
#include "top/feed.hpp"
#include "top/layout.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <utility>

namespace bindwatch {
namespace {

/// A person sees no more; a storm should not be spent on drawing.
constexpr std::int64_t between_screens_ns = 100'000'000;
/// Drawing takes at most one part in so many of the time.
constexpr std::int64_t share = 5;

class FullScreen final : public Companion {
  public:
    explicit FullScreen(const TopConfig& config)
        : color_(use_color(config.follow.color, STDOUT_FILENO)),
          surroundings_{.filters = to_json(config.follow.filters), .own_netns = own_network_namespace()},
          model_({.claims = config.follow.max_claims}, config.follow.filters.alerts_only), view_(model_),
          layout_(model_, surroundings_) {}
    FullScreen(const FullScreen&) = delete;
    FullScreen& operator=(const FullScreen&) = delete;
    FullScreen(FullScreen&&) = delete;
    FullScreen& operator=(FullScreen&&) = delete;
    ~FullScreen() override { FullScreen::end(); }

    std::unique_ptr<Sink> sink() override { return top::feed(model_); }

    Result<void> begin() override {
        auto terminal = Terminal::open(color_);
        if (!terminal) {
            return std::unexpected(std::move(terminal.error()));
        }
        terminal_ = std::move(*terminal);
        log::hold();
        return {};
    }

    [[nodiscard]] int poll_fd() const override { return STDIN_FILENO; }

    std::int64_t turn(short revents) override {
        if (!terminal_) {
            return never;
        }
        const std::int64_t now = now_ns(CLOCK_MONOTONIC);
        model_.set_time(now);
        if (revents != 0) {
            read_keys(revents);
        }
        const bool changed = drawn_version_ != model_.version();
        if (running() && (draw_at_once_ || (changed && now >= next_screen_ns_))) {
            draw();
        }
        return std::min(drawn_version_ != model_.version() ? next_screen_ns_ : never,
                        model_.next_change_ns());
    }

    void handle(int signal) override {
        if (!terminal_) {
            return;
        }
        if (signal == SIGTSTP) {
            terminal_->suspend();
        } else if (signal == SIGCONT) {
            terminal_->resume();
        }
        terminal_->resize();
        draw_at_once_ = true;
    }

    [[nodiscard]] bool running() const override { return view_.running() && !gone_; }

    void end() override {
        if (terminal_) {
            terminal_.reset();
            log::release();
        }
    }

  private:
    void read_keys(short revents) {
        bool any = false;
        if ((revents & POLLIN) != 0) {
            while (running()) {
                const auto key = terminal_->next_key();
                if (!key) {
                    break;
                }
                view_.press(*key);
                any = true;
            }
        }
        draw_at_once_ = draw_at_once_ || any;
        gone_ = (revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 || (!any && terminal_->at_end());
        if (view_.take_redraw()) {
            terminal_->repaint();
        }
    }

    void draw() {
        const std::int64_t begun = now_ns(CLOCK_MONOTONIC);
        terminal_->show(layout_.draw(view_, terminal_->size(), wall_clock_ns()));
        drawn_version_ = model_.version();
        draw_at_once_ = false;
        const std::int64_t done = now_ns(CLOCK_MONOTONIC);
        next_screen_ns_ = done + std::max(between_screens_ns, (done - begun) * (share - 1));
    }

    bool color_;
    top::Surroundings surroundings_;
    top::Model model_;
    top::View view_;
    top::Layout layout_;
    std::unique_ptr<Terminal> terminal_; ///< null: not ours, or not any more
    std::uint64_t drawn_version_ = 0;
    std::int64_t next_screen_ns_ = 0; ///< CLOCK_MONOTONIC
    bool draw_at_once_ = true;
    bool gone_ = false;
};

} // namespace

Result<ExitCode> show_top(const TopConfig& config, std::string_view version) {
    if (auto usable = check_terminal(); !usable) {
        return std::unexpected(std::move(usable.error()));
    }
    FullScreen screen(config);
    FollowConfig followed = config.follow;
    // The end of a claim raises no alert, and has to be seen all the same.
    followed.filters.alerts_only = false;
    return follow(followed, version, &screen);
}

} // namespace bindwatch
