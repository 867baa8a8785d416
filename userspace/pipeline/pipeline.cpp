// SPDX-License-Identifier: Apache-2.0
#include "pipeline/pipeline.hpp"

#include "conflict/holders.hpp"
#include "policy/policy.hpp"
#include "ports/registry.hpp"
#include "util/clock.hpp"
#include "util/log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace bindwatch {
namespace {

constexpr std::int64_t clock_moved_ns = 100'000;

std::string counted(std::uint64_t number, std::string_view thing) {
    return std::to_string(number) + ' ' + std::string(thing) + (number == 1 ? "" : "s");
}

} // namespace

Pipeline::Pipeline(Filters filters, Enricher& enricher, std::vector<std::unique_ptr<Sink>> sinks,
                   std::optional<std::uint64_t> count)
    : filters_(std::move(filters)), enricher_(enricher), sinks_(std::move(sinks)), count_(count),
      boot_to_real_ns_(boot_to_real_ns()) {}

void Pipeline::start(std::string version, std::string_view plan) {
    started_ns_ = now_ns(CLOCK_BOOTTIME);
    complete_until_ns_ = wall_clock_ns();
    write(StartRecord{.time_ns = complete_until_ns_,
                      .version = std::move(version),
                      .plan = std::string(plan),
                      .filters_json = to_json(filters_)});
    flush();
}

bool Pipeline::take(std::span<const std::byte> bytes) {
    if (!running()) {
        return false;
    }
    const auto decoded = decode(bytes, boot_to_real_ns_, event_);
    if (!decoded) {
        // Counted, not hidden: to the consumer it is an event that is missing.
        log::warn("a record of the kernel cannot be read: " + decoded.error());
        write_lost({.count = 1});
        return running();
    }
    note_lost(decoded->lost);
    enricher_.enrich(*decoded, event_);
    const Claims::Outcome outcome = claims_.apply(*decoded, event_);
    if (outcome == Claims::Outcome::again) {
        return running();
    }
    // Plan syscall may tell the end of a claim when its number is the next one's already.
    const bool passed_on = event_.kind == EventKind::release && claims_.find(decoded->claim);
    event_.claim = decoded->kept && !passed_on ? decoded->claim : 0;
    if (event_.port) {
        event_.iana = ports::classify(*event_.port, event_.protocol);
    }
    judge(event_);
    complete_until_ns_ = event_.time_ns;
    if (!matches(filters_, event_)) {
        if (outcome == Claims::Outcome::partial) {
            // What a filter asks about was in the bind's record, and that is lost.
            write_lost({.count = 1,
                        .listen = event_.kind == EventKind::listen ? 1U : 0U,
                        .release = event_.kind == EventKind::release ? 1U : 0U});
        }
        return running();
    }
    if (event_.error == EADDRINUSE && event_.port && finder_) {
        find_holders(event_);
    }
    tell(event_);
    return running();
}

void Pipeline::find_holders(Event& event) {
    auto sockets = finder_(event);
    if (!sockets) {
        return;
    }
    // What the stream itself has told of a claim is more than can be read of it now.
    for (FoundSocket& socket : *sockets) {
        const auto known = claims_.find(socket.claim);
        if (!known) {
            continue;
        }
        socket.since_ns = known->since_ns;
        const auto& sharers = found_of(socket.event).sharers;
        if (known->process &&
            std::ranges::find(sharers, known->process->pid, &Sharer::pid) != sharers.end()) {
            socket.event.process = known->process;
            socket.event.container = known->container;
        }
    }
    name_holders(event, *sockets);
}

void Pipeline::take_found(std::span<const FoundSocket> sockets) {
    std::uint64_t untracked = 0;
    for (const FoundSocket& socket : sockets) {
        if (socket.kept) {
            claims_.note(socket.claim, socket.event);
        }
        if (socket.wanted && running()) {
            tell(socket.event);
            untracked += socket.kept ? 0U : 1U;
        }
    }
    if (untracked > 0) {
        write_lost({.count = untracked, .untracked = untracked});
    }
    flush();
}

void Pipeline::tell(const Event& event) {
    totals_.events += 1;
    totals_.alerts += event.alerts.size();
    write(event);
    at_count_ = count_ && totals_.events >= *count_;
}

void Pipeline::note_lost(std::uint64_t lost) {
    if (lost <= lost_in_kernel_) {
        return;
    }
    if (losses_) {
        note_losses(losses_());
    } else {
        write_lost({.count = lost - lost_in_kernel_});
        lost_in_kernel_ = lost;
    }
}

void Pipeline::note_losses(std::span<const bw_loss> cpus) {
    told_losses_.resize(cpus.size());
    for (std::size_t cpu = 0; cpu < cpus.size(); ++cpu) {
        const bw_loss now = cpus[cpu]; // the kernel goes on counting
        bw_loss& told = told_losses_[cpu];
        LostRecord lost{.cpu = static_cast<std::uint32_t>(cpu),
                        .bind = now.count[BW_EVENT_BIND] - told.count[BW_EVENT_BIND],
                        .listen = now.count[BW_EVENT_LISTEN] - told.count[BW_EVENT_LISTEN],
                        .release = now.count[BW_EVENT_RELEASE] - told.count[BW_EVENT_RELEASE],
                        .untracked = now.count[0] - told.count[0]};
        lost.count = lost.bind + lost.listen + lost.release + lost.untracked;
        told = now;
        if (lost.count > 0) {
            lost_in_kernel_ += lost.count;
            write_lost(lost);
        }
    }
}

void Pipeline::write_lost(LostRecord lost) {
    totals_.lost += lost.count;
    lost.time_ns = wall_clock_ns();
    lost.since_ns = complete_until_ns_;
    write(lost);
}

void Pipeline::flush() {
    for (auto& sink : sinks_) {
        keep_or_drop(sink->flush(), sink);
    }
    drop_closed();
    // Only a clock that was really moved counts: one process must not get another start_time with each
    // measurement.
    const std::int64_t offset = boot_to_real_ns();
    if (std::abs(offset - boot_to_real_ns_) > clock_moved_ns) {
        boot_to_real_ns_ = offset;
    }
}

void Pipeline::reopen() {
    for (auto& sink : sinks_) {
        if (const auto reopened = sink->reopen(); !reopened) {
            log::error(reopened.error().message);
        }
    }
}

void Pipeline::stop() {
    totals_.time_ns = wall_clock_ns();
    totals_.duration_ns = static_cast<std::uint64_t>(now_ns(CLOCK_BOOTTIME) - started_ns_);
    write(totals_);
    flush();
}

std::string Pipeline::summary() const {
    std::array<char, 32> seconds{};
    std::snprintf(seconds.data(), seconds.size(), "%.1f s", static_cast<double>(totals_.duration_ns) / 1e9);
    return counted(totals_.events, "event") + ", " + counted(totals_.alerts, "warning") + ", " +
           std::to_string(totals_.lost) + " lost in " + seconds.data();
}

template <typename Record>
void Pipeline::write(const Record& record) {
    for (auto& sink : sinks_) {
        keep_or_drop(sink->append(record), sink);
    }
    drop_closed();
}

void Pipeline::keep_or_drop(const Result<WriteStatus>& written, std::unique_ptr<Sink>& sink) {
    if (!written) {
        log::error(written.error().message);
        failed_ = true;
        sink.reset();
    } else if (*written == WriteStatus::closed) {
        sink.reset();
    }
}

void Pipeline::drop_closed() {
    std::erase(sinks_, nullptr);
}

} // namespace bindwatch
