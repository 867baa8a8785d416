// SPDX-License-Identifier: Apache-2.0
#include "cli/follow.hpp"

#include "enrich/enricher.hpp"
#include "inventory/survey.hpp"
#include "kernel/holder_finder.hpp"
#include "kernel/ring_pace.hpp"
#include "kernel/ring_reader.hpp"
#include "kernel/session.hpp"
#include "kernel/snapshot.hpp"
#include "pipeline/pipeline.hpp"
#include "sinks/open_sink.hpp"
#include "util/capabilities.hpp"
#include "util/child.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"
#include "util/signals.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bindwatch {
namespace {

Result<std::vector<std::unique_ptr<Sink>>> open_sinks(const FollowConfig& config, Companion* companion) {
    std::vector<std::unique_ptr<Sink>> sinks;
    const StreamOrigin origin = this_machine();
    for (const OutputSpec& output : config.outputs) {
        auto sink = open_sink(output, config.color, origin);
        if (!sink) {
            return std::unexpected(std::move(sink.error()));
        }
        sinks.push_back(std::move(*sink));
    }
    if (companion != nullptr) {
        sinks.push_back(companion->sink());
    }
    return sinks;
}

/// The loop: waits for records, signals and deadlines, and feeds the pipeline.
class Follower {
  public:
    /// `child` is what the command of `config` has become; null: it has none. `companion` may be null too.
    Follower(const FollowConfig& config, Pipeline& pipeline, Child* child, Companion* companion)
        : signals_(child != nullptr       ? Signals::For::command
                   : companion != nullptr ? Signals::For::screen
                                          : Signals::For::self),
          config_(config), pipeline_(pipeline), child_(child), companion_(companion) {}

    /// `snapshot` takes note in the session's map; null: what exists is not wanted.
    Result<void> run(Session& session, Snapshot* snapshot, std::string version) {
        auto reader = RingReader::open(session.ring_fd(), session.counts_fd(), session.counts(),
                                       [this](std::span<const std::byte> bytes) { return take(bytes); });
        if (!reader) {
            return std::unexpected(std::move(reader.error()));
        }
        auto found = look(snapshot);
        if (!found) {
            return std::unexpected(std::move(found.error()));
        }
        // Everything that needs them is open; what others send us is read without them.
        if (auto dropped = drop_capabilities(child_ != nullptr ? std::optional(cap_kill) : std::nullopt);
            !dropped) {
            return std::unexpected(std::move(dropped.error()));
        }
        if (companion_ != nullptr) {
            if (auto begun = companion_->begin(); !begun) {
                return begun;
            }
        }
        pipeline_.set_losses([&reader] { return reader->losses(); });
        pipeline_.start(std::move(version), session.plan());
        pipeline_.take_found(*found);
        if (config_.duration) {
            end_ns_ = now_ns(CLOCK_MONOTONIC) + config_.duration->count();
        }
        const auto started = child_ != nullptr ? child_->start() : Result<void>();
        stopping_ = !started;
        attend(0);
        while (!stopping_ && pipeline_.running()) {
            wait(*reader);
        }
        if (companion_ != nullptr) {
            companion_->end();
        }
        session.detach();
        stopping_ = true; // what the ring still holds is read to its end
        reader->drain();
        pipeline_.note_lost(reader->lost());
        pipeline_.stop();
        pipeline_.set_losses({});
        return started;
    }

  private:
    /// What exists, with the programs attached: what comes after it is in the ring.
    Result<std::vector<FoundSocket>> look(Snapshot* snapshot) {
        if (snapshot == nullptr) {
            return std::vector<FoundSocket>();
        }
        auto found = snapshot->take();
        if (found) {
            survey(*found, config_.filters, Detail::chain);
        }
        if (!snapshot->remark().empty()) {
            log::warn(snapshot->remark());
        }
        return found;
    }

    bool take(std::span<const std::byte> bytes) {
        if (!pipeline_.take(bytes)) {
            return false;
        }
        if (!stopping_ && ++since_signals_ >= RingPace::records_between_signals) {
            since_signals_ = 0;
            handle_signals();
            attend(asked());
            return !stopping_;
        }
        return true;
    }

    void wait(RingReader& reader) {
        std::array<pollfd, 3> files{{{pace_.resting() ? -1 : reader.poll_fd(), POLLIN, 0},
                                     {signals_.poll_fd(), POLLIN, 0},
                                     {companion_ != nullptr ? companion_->poll_fd() : -1, POLLIN, 0}}};
        const std::int64_t until = std::min({end_ns_, pace_.next_ns(), turn_at_});
        const std::int64_t now = now_ns(CLOCK_MONOTONIC);
        const std::int64_t left = std::max<std::int64_t>(until - now, 0);
        const timespec timeout{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
        const int ready = ppoll(files.data(), files.size(), until == never ? nullptr : &timeout, nullptr);
        if (files[1].revents != 0) {
            handle_signals();
        }
        if (stopping_) {
            return; // with the programs attached, a storm might never let the ring run empty
        }
        if ((ready > 0 && files[0].revents != 0) || pace_.rested(now_ns(CLOCK_MONOTONIC))) {
            read(reader);
        } else if (ready == 0) {
            expire(reader);
        }
        attend(files[2].revents);
    }

    void attend(short revents) {
        if (companion_ != nullptr) {
            turn_at_ = companion_->turn(revents);
            stopping_ = stopping_ || !companion_->running();
        }
    }

    /// What the companion's file has to say, without waiting.
    [[nodiscard]] short asked() const {
        if (companion_ == nullptr) {
            return 0;
        }
        pollfd file{companion_->poll_fd(), POLLIN, 0};
        return poll(&file, 1, 0) > 0 ? file.revents : short{0};
    }

    void read(RingReader& reader) {
        const int records = reader.drain();
        pace_.note_batch(records, now_ns(CLOCK_MONOTONIC));
        if (records != 0) {
            pipeline_.note_lost(reader.lost());
            pipeline_.flush();
        }
    }

    void expire(const RingReader& reader) {
        const std::int64_t now = now_ns(CLOCK_MONOTONIC);
        if (pace_.settles(now)) {
            pipeline_.note_lost(reader.lost());
            pipeline_.flush();
        }
        stopping_ = stopping_ || now >= end_ns_;
    }

    void handle_signals() {
        for (ReceivedSignal signal = signals_.next(); signal.meaning != Signal::none;
             signal = signals_.next()) {
            switch (signal.meaning) {
            case Signal::none: break;
            case Signal::stop: stopping_ = true; break;
            case Signal::reload: pipeline_.reopen(); break;
            case Signal::child:
                child_->reap();
                stopping_ = stopping_ || child_->all_gone();
                break;
            case Signal::pass_on:
                child_->send(signal.number);
                stopping_ = stopping_ || child_->status(); // there is nobody to pass it on to
                break;
            case Signal::terminal: companion_->handle(signal.number); break;
            }
        }
        stopping_ = stopping_ || now_ns(CLOCK_MONOTONIC) >= end_ns_;
    }

    static constexpr std::int64_t never = RingPace::never;

    Signals signals_;
    const FollowConfig& config_;
    Pipeline& pipeline_;
    Child* child_;
    Companion* companion_;
    RingPace pace_;
    std::int64_t turn_at_ = never; ///< CLOCK_MONOTONIC
    std::int64_t end_ns_ = never;  ///< CLOCK_MONOTONIC
    unsigned since_signals_ = 0;
    bool stopping_ = false;
};

/// Null: there is no command.
Result<std::unique_ptr<Child>> prepare(const std::vector<std::string>& command) {
    if (command.empty()) {
        return nullptr;
    }
    auto child = Child::prepare(command);
    if (!child) {
        return std::unexpected(std::move(child.error()));
    }
    return std::make_unique<Child>(std::move(*child));
}

ExitCode outcome(const FollowConfig& config, const Pipeline& pipeline, const Child* child) {
    if (pipeline.failed()) {
        return ExitCode::failure;
    }
    if (config.fail_on_alert && pipeline.alerts() > 0) {
        return ExitCode::alert;
    }
    const std::optional<int> status = child != nullptr ? child->status() : std::nullopt;
    return status ? static_cast<ExitCode>(*status) : ExitCode::done;
}

} // namespace

Result<ExitCode> follow(const FollowConfig& config, std::string_view version, Companion* companion) {
    log::set_up(config.verbose);
    auto sinks = open_sinks(config, companion);
    if (!sinks) {
        return std::unexpected(std::move(sinks.error()));
    }
    auto child = prepare(config.command); // with the signal mask and the privileges that we were given
    if (!child) {
        return std::unexpected(std::move(child.error()));
    }
    LiveHost host;
    Enricher enricher(host);
    Pipeline pipeline(config.filters, enricher, std::move(*sinks), config.count);
    Follower follower(config, pipeline, child->get(), companion); // signals wait from here on
    std::optional<Snapshot> snapshot;
    auto session = Session::open(config, [&](int claims_fd) -> Result<void> {
        if (!config.snapshot) {
            return {};
        }
        auto loaded = Snapshot::load(
            {.filters = config.filters, .kernel_filters = config.kernel_filters, .claims_fd = claims_fd});
        if (!loaded) {
            return std::unexpected(std::move(loaded.error()));
        }
        snapshot = std::move(*loaded);
        return {};
    });
    if (!session) {
        return std::unexpected(std::move(session.error()));
    }
    if (config.filters.failed.value_or(true)) {
        // Without it holders stay empty; that is no reason not to follow.
        if (auto loaded = HolderFinder::load(); loaded) {
            pipeline.set_finder([finder = std::make_shared<HolderFinder>(std::move(*loaded))](
                                    const Event& failed) { return finder->find(failed); });
        }
    }
    if (!session->remark().empty()) {
        log::warn(session->remark());
    }
    if (auto done = follower.run(*session, snapshot ? &*snapshot : nullptr, std::string(version)); !done) {
        return std::unexpected(std::move(done.error()));
    }
    if (pipeline.has_outputs()) {
        log::info(pipeline.summary());
        if (const std::string remark = session->remark_at_end(); !remark.empty()) {
            log::warn(remark);
        }
    }
    return outcome(config, pipeline, child->get());
}

} // namespace bindwatch
