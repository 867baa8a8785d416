// SPDX-License-Identifier: Apache-2.0
#include "cli/port_watch.hpp"

#include "cli/port_look.hpp"
#include "enrich/enricher.hpp"
#include "inventory/answer.hpp"
#include "inventory/survey.hpp"
#include "inventory/tries.hpp"
#include "kernel/holder_finder.hpp"
#include "kernel/ring_pace.hpp"
#include "kernel/ring_reader.hpp"
#include "kernel/session.hpp"
#include "kernel/snapshot.hpp"
#include "pipeline/pipeline.hpp"
#include "sinks/open_sink.hpp"
#include "sinks/target.hpp"
#include "sinks/text_words.hpp"
#include "util/capabilities.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"
#include "util/signals.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace bindwatch {
namespace {

/// Between two looks of --wait. A connection that the kernel keeps after its process has gone ends without
/// any event.
constexpr std::int64_t look_again_ns = 200'000'000;
/// From a release to the look whether the port is free now: it is told before the kernel is done with it.
constexpr std::int64_t release_takes_ns = 5'000'000;
constexpr std::int64_t never = RingPace::never;
constexpr std::uint32_t ring_bytes = 1U << 20U; // of one port

class Nowhere final : public Target {
  public:
    Result<WriteStatus> write(std::string_view) override { return WriteStatus::ok; }
};

/// What the end of --wait and --watch is about.
struct Heard {
    Tries tries;
    bool released = false; ///< since somebody looked
};

class Listener final : public Formatter {
  public:
    explicit Listener(Heard& heard) : heard_(heard) {}

    void append(std::string&, StreamPosition, const Event& event) override {
        heard_.tries.add(event);
        heard_.released = heard_.released || event.kind == EventKind::release;
    }
    void append(std::string&, StreamPosition, const StartRecord&) override {}
    void append(std::string&, StreamPosition, const LostRecord&) override {}
    void append(std::string&, StreamPosition, const StopRecord&) override {}

  private:
    Heard& heard_;
};

FollowConfig following(const WhoConfig& config) {
    FollowConfig follow;
    follow.filters = filters_for(config.query);
    follow.outputs.push_back({.format = config.format});
    follow.ring_bytes = ring_bytes;
    follow.color = config.color;
    follow.verbose = config.verbose;
    return follow;
}

/// Writes what happens to the port where that is wanted: --wait as text tells of it at its end alone.
Result<std::vector<std::unique_ptr<Sink>>> open_sinks(const WhoConfig& config, Heard& heard) {
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::make_unique<Sink>(std::make_unique<Listener>(heard), std::make_unique<Nowhere>()));
    if (config.watch || config.format == Format::json) {
        auto sink = open_sink({.format = config.format}, config.color, this_machine());
        if (!sink) {
            return std::unexpected(std::move(sink.error()));
        }
        sinks.push_back(std::move(*sink));
    }
    return sinks;
}

class PortWatch {
  public:
    PortWatch(const WhoConfig& config, Heard& heard, std::vector<std::unique_ptr<Sink>> sinks)
        : config_(config), heard_(heard), filters_(filters_for(config.query)), enricher_(host_),
          outputs_(sinks.size()), pipeline_(filters_, enricher_, std::move(sinks), std::nullopt) {}

    /// Without it, run() still sees when the port is free.
    Result<void> attach() {
        auto session = Session::open(following(config_), [this](int claims_fd) -> Result<void> {
            auto loaded = Snapshot::load({.filters = filters_, .claims_fd = claims_fd});
            if (!loaded) {
                return std::unexpected(std::move(loaded.error()));
            }
            seeding_ = std::move(*loaded);
            return {};
        });
        if (!session) {
            return std::unexpected(std::move(session.error()));
        }
        auto reader = RingReader::open(session->ring_fd(), session->counts_fd(), session->counts(),
                                       [this](std::span<const std::byte> bytes) { return take(bytes); });
        if (!reader) {
            return std::unexpected(std::move(reader.error()));
        }
        if (!session->remark().empty()) {
            log::warn(session->remark());
        }
        session_ = std::make_unique<Session>(std::move(*session));
        reader_ = std::make_unique<RingReader>(std::move(*reader));
        if (config_.watch || config_.format == Format::json) {
            if (auto finder = HolderFinder::load(); finder) {
                pipeline_.set_finder([found = std::make_shared<HolderFinder>(std::move(*finder))](
                                         const Event& failed) { return found->find(failed); });
            }
        }
        return {};
    }

    /// Writes the answer. The claims that exist are noted, so that their ends are seen.
    Result<void> look(std::string_view version) {
        auto claims = take_note();
        if (!claims) {
            return std::unexpected(std::move(claims.error()));
        }
        auto sockets = look_at(config_.query, true);
        if (!sockets) {
            return std::unexpected(std::move(sockets.error()));
        }
        free_ = sockets->empty();
        if (config_.format == Format::json && reader_) {
            // The first look leaves to the ring what was claimed since the programs are attached.
            std::erase_if(*sockets, [](const FoundSocket& socket) { return is_claim_row(socket.event); });
        } else {
            FdTarget standard_output(STDOUT_FILENO, "stdout");
            const auto written = standard_output.write(answer(config_, *sockets));
            if (!written) {
                return std::unexpected(written.error());
            }
            gone_ = *written == WriteStatus::closed;
            sockets->clear();
            std::ranges::for_each(*claims, [](FoundSocket& claim) { claim.wanted = false; });
        }
        if (reader_) {
            pipeline_.set_losses([this] { return reader_->losses(); });
            pipeline_.start(std::string(version), session_->plan());
            pipeline_.take_found(*claims);
            pipeline_.take_found(*sockets);
        }
        return {};
    }

    /// Until a signal, the reader has gone, or with --wait the port is free.
    Result<void> run() {
        started_ns_ = now_ns(CLOCK_MONOTONIC);
        look_at_ns_ = config_.wait ? started_ns_ + look_again_ns : never;
        while (!stopping_ && !gone_ && !(config_.wait && free_)) {
            wait();
            gone_ = gone_ || pipeline_.outputs() < outputs_;
            if (!stopping_ && now_ns(CLOCK_MONOTONIC) >= look_at_ns_) {
                auto sockets = look_at(config_.query, false);
                if (!sockets) {
                    return std::unexpected(std::move(sockets.error()));
                }
                free_ = sockets->empty();
                look_at_ns_ = now_ns(CLOCK_MONOTONIC) + look_again_ns;
            }
        }
        if (reader_) {
            session_->detach();
            stopping_ = true; // what the ring still holds is read to its end
            reader_->drain();
            pipeline_.note_lost(reader_->lost());
            pipeline_.stop();
            pipeline_.set_losses({});
        }
        return {};
    }

    /// What a person is told at the end.
    Result<ExitCode> finish() {
        const std::string tries = heard_.tries.text(Clock::local);
        if (config_.wait && config_.format == Format::text && !gone_) {
            std::string lines = fmt::format(
                "{} is {} after {}\n", to_string(config_.query), free_ ? "free" : "still taken",
                text::duration(static_cast<std::uint64_t>(now_ns(CLOCK_MONOTONIC) - started_ns_)));
            lines += tries.empty() ? "" : tries + "\n";
            FdTarget standard_output(STDOUT_FILENO, "stdout");
            if (auto written = standard_output.write(lines); !written) {
                return std::unexpected(std::move(written.error()));
            }
        } else if (!tries.empty() && !gone_) {
            log::info(tries);
        }
        if (session_ && !gone_) {
            if (config_.watch) {
                log::info(pipeline_.summary());
            } else if (reader_->lost() > 0) {
                log::warn(fmt::format("{} events were lost: others may have tried too", reader_->lost()));
            }
            if (const std::string remark = session_->remark_at_end(); !remark.empty()) {
                log::warn(remark);
            }
        }
        if (pipeline_.failed()) {
            return ExitCode::failure;
        }
        return config_.wait && !free_ && !gone_ ? ExitCode::failure : ExitCode::done;
    }

    /// Of what other programs send is read without them, where no further look needs them.
    [[nodiscard]] Result<void> give_up_capabilities() const {
        return config_.watch ? drop_capabilities() : Result<void>();
    }

  private:
    /// As the kernel's snapshot chooses them.
    static bool is_claim_row(const Event& event) {
        const Found& found = found_of(event);
        return found.state == SocketState::listen || found.state == SocketState::bound || found.asked;
    }

    Result<std::vector<FoundSocket>> take_note() {
        if (!seeding_) {
            return std::vector<FoundSocket>();
        }
        auto claims = seeding_->take();
        if (claims) {
            survey(*claims, filters_, Detail::chain);
        }
        seeding_.reset();
        return claims;
    }

    bool take(std::span<const std::byte> bytes) {
        pipeline_.take(bytes);
        return stopping_ || ++since_signals_ % RingPace::records_between_signals != 0;
    }

    void wait() {
        const bool polled = reader_ && !pace_.resting();
        std::array<pollfd, 2> files{
            {{polled ? reader_->poll_fd() : -1, POLLIN, 0}, {signals_.poll_fd(), POLLIN, 0}}};
        const std::int64_t until = std::min(look_at_ns_, pace_.next_ns());
        const std::int64_t left = std::max<std::int64_t>(until - now_ns(CLOCK_MONOTONIC), 0);
        const timespec timeout{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
        const int ready = ppoll(files.data(), files.size(), until == never ? nullptr : &timeout, nullptr);
        for (ReceivedSignal signal = signals_.next(); signal.meaning != Signal::none;
             signal = signals_.next()) {
            stopping_ = stopping_ || signal.meaning == Signal::stop;
        }
        if (stopping_) {
            return; // with the programs attached, a storm might never let the ring run empty
        }
        const std::int64_t now = now_ns(CLOCK_MONOTONIC);
        if ((ready > 0 && files[0].revents != 0) || pace_.rested(now)) {
            pace_.note_batch(reader_->drain(), now_ns(CLOCK_MONOTONIC));
            tell();
        } else if (pace_.settles(now)) {
            tell();
        }
    }

    void tell() {
        pipeline_.note_lost(reader_->lost());
        pipeline_.flush();
        if (std::exchange(heard_.released, false) && config_.wait) {
            look_at_ns_ = std::min(look_at_ns_, now_ns(CLOCK_MONOTONIC) + release_takes_ns);
        }
    }

    const WhoConfig& config_;
    Heard& heard_;
    Filters filters_;
    Signals signals_; ///< wait from here on
    LiveHost host_;
    Enricher enricher_;
    std::size_t outputs_;
    Pipeline pipeline_;
    std::unique_ptr<Session> session_; ///< null, as the reader: not attached
    std::optional<Snapshot> seeding_;  ///< takes note in the session's map
    std::unique_ptr<RingReader> reader_;
    RingPace pace_;
    std::int64_t started_ns_ = 0; ///< CLOCK_MONOTONIC, as the next
    std::int64_t look_at_ns_ = never;
    unsigned since_signals_ = 0;
    bool stopping_ = false;
    bool gone_ = false; ///< the reader of an output
    bool free_ = false;
};

} // namespace

Result<ExitCode> watch_port(const WhoConfig& config, std::string_view version) {
    Heard heard;
    auto sinks = open_sinks(config, heard);
    if (!sinks) {
        return std::unexpected(std::move(sinks.error()));
    }
    PortWatch watch(config, heard, std::move(*sinks));
    const auto attached = watch.attach();
    if (!attached && config.watch) {
        return std::unexpected(attached.error());
    }
    auto done = watch.look(version);
    if (done && !attached) {
        log::warn("who tries to get the port meanwhile is not seen: " + attached.error().message);
    }
    if (done) {
        done = watch.give_up_capabilities();
    }
    if (done) {
        done = watch.run();
    }
    return done ? watch.finish() : std::unexpected(std::move(done.error()));
}

} // namespace bindwatch
