// SPDX-License-Identifier: Apache-2.0
#include "cli/follow.hpp"

#include "enrich/enricher.hpp"
#include "kernel/ring_reader.hpp"
#include "kernel/session.hpp"
#include "pipeline/pipeline.hpp"
#include "sinks/open_sink.hpp"
#include "util/capabilities.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"
#include "util/signals.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bindwatch {
namespace {

/// A record that finds no room is counted a moment after the ring was full: looked for once more, this long
/// after the last record. Nothing wakes an idle bindwatch.
constexpr std::int64_t settle_ns = 100'000'000;
/// After a batch the ring is left alone for so long: the kernel wakes a reader only when it had caught up,
/// and waking one for each record of a burst costs the programs that bind more than anything else does. A
/// lone record is read at once.
constexpr std::int64_t rest_ns = 1'000'000;
/// How many records are read before a signal is looked for, in a storm that never lets the ring run empty.
constexpr unsigned records_between_signals = 1024;

std::string host_name() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id;
}

Result<std::vector<std::unique_ptr<Sink>>> open_sinks(const FollowConfig& config) {
    std::vector<std::unique_ptr<Sink>> sinks;
    const std::string host = host_name();
    const std::string boot = boot_id();
    for (const OutputSpec& output : config.outputs) {
        auto sink = open_sink(output, config.color, host, boot);
        if (!sink) {
            return std::unexpected(std::move(sink.error()));
        }
        sinks.push_back(std::move(*sink));
    }
    return sinks;
}

/// The loop: waits for records, signals and deadlines, and feeds the pipeline.
class Follower {
  public:
    Follower(const FollowConfig& config, Pipeline& pipeline)
        : pipeline_(pipeline), duration_(config.duration) {}

    Result<void> run(Session& session, std::string version) {
        auto reader = RingReader::open(session.ring_fd(), session.counts_fd(), session.counts(),
                                       [this](std::span<const std::byte> bytes) { return take(bytes); });
        if (!reader) {
            return std::unexpected(std::move(reader.error()));
        }
        // Everything that needs them is open; what others send us is read without them.
        if (auto dropped = drop_capabilities(); !dropped) {
            return std::unexpected(std::move(dropped.error()));
        }
        pipeline_.set_losses([&reader] { return reader->losses(); });
        pipeline_.start(std::move(version), session.plan());
        if (duration_) {
            end_ns_ = now_ns(CLOCK_MONOTONIC) + duration_->count();
        }
        while (!stopping_ && pipeline_.running()) {
            wait(*reader);
        }
        session.detach();
        stopping_ = true; // what the ring still holds is read to its end
        reader->drain();
        pipeline_.note_lost(reader->lost());
        pipeline_.stop();
        pipeline_.set_losses({});
        return {};
    }

  private:
    bool take(std::span<const std::byte> bytes) {
        if (!pipeline_.take(bytes)) {
            return false;
        }
        if (!stopping_ && ++since_signals_ >= records_between_signals) {
            since_signals_ = 0;
            handle_signals();
            return !stopping_;
        }
        return true;
    }

    void wait(RingReader& reader) {
        const bool resting = rest_until_ != never;
        std::array<pollfd, 2> files{
            {{resting ? -1 : reader.poll_fd(), POLLIN, 0}, {signals_.poll_fd(), POLLIN, 0}}};
        const std::int64_t until = std::min({end_ns_, settle_at_, rest_until_});
        const std::int64_t now = now_ns(CLOCK_MONOTONIC);
        const std::int64_t left = std::max<std::int64_t>(until - now, 0);
        const timespec timeout{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
        const int ready = ppoll(files.data(), files.size(), until == never ? nullptr : &timeout, nullptr);
        if (files[1].revents != 0) {
            handle_signals();
        }
        if ((ready > 0 && files[0].revents != 0) || now_ns(CLOCK_MONOTONIC) >= rest_until_) {
            read(reader);
        } else if (ready == 0) {
            expire(reader);
        }
    }

    void read(RingReader& reader) {
        const int records = reader.drain();
        rest_until_ = never;
        if (records == 0) {
            return;
        }
        pipeline_.note_lost(reader.lost());
        pipeline_.flush();
        const std::int64_t now = now_ns(CLOCK_MONOTONIC);
        rest_until_ = now + rest_ns;
        settle_at_ = now + settle_ns;
    }

    void expire(const RingReader& reader) {
        const std::int64_t now = now_ns(CLOCK_MONOTONIC);
        if (now >= settle_at_) {
            settle_at_ = never;
            pipeline_.note_lost(reader.lost());
            pipeline_.flush();
        }
        stopping_ = stopping_ || now >= end_ns_;
    }

    void handle_signals() {
        for (Signal signal = signals_.next(); signal != Signal::none; signal = signals_.next()) {
            if (signal == Signal::stop) {
                stopping_ = true;
            } else {
                pipeline_.reopen();
            }
        }
        stopping_ = stopping_ || now_ns(CLOCK_MONOTONIC) >= end_ns_;
    }

    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    Signals signals_;
    Pipeline& pipeline_;
    std::optional<std::chrono::nanoseconds> duration_; ///< from the start record on
    std::int64_t end_ns_ = never;                      ///< CLOCK_MONOTONIC
    std::int64_t settle_at_ = never;                   ///< CLOCK_MONOTONIC
    std::int64_t rest_until_ = never;                  ///< CLOCK_MONOTONIC; never: not resting
    unsigned since_signals_ = 0;
    bool stopping_ = false;
};

} // namespace

Result<ExitCode> follow(const FollowConfig& config, std::string_view version) {
    log::set_up(config.verbose);
    auto sinks = open_sinks(config);
    if (!sinks) {
        return std::unexpected(std::move(sinks.error()));
    }
    LiveHost host;
    Enricher enricher(host);
    Pipeline pipeline(config.filters, enricher, std::move(*sinks), config.count);
    Follower follower(config, pipeline); // signals wait from here on
    auto session = Session::open(config);
    if (!session) {
        return std::unexpected(std::move(session.error()));
    }
    if (!session->remark().empty()) {
        log::warn(session->remark());
    }
    if (auto done = follower.run(*session, std::string(version)); !done) {
        return std::unexpected(std::move(done.error()));
    }
    if (pipeline.has_outputs()) {
        log::info(pipeline.summary());
        if (const std::uint64_t skipped = session->skipped(); skipped > 0) {
            log::warn("the kernel skipped hooks " + std::to_string(skipped) +
                      " times, and as many events may be missing: it preempts tracing programs" +
                      (session->plan() == "cgroup" ? "" : "; --plan cgroup misses fewer"));
        }
    }
    if (pipeline.failed()) {
        return ExitCode::failure;
    }
    return config.fail_on_alert && pipeline.alerts() > 0 ? ExitCode::alert : ExitCode::done;
}

} // namespace bindwatch
