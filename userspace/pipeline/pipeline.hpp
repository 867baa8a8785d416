// SPDX-License-Identifier: Apache-2.0
/// The only place that knows the order of the stages: decode -> enrich -> claims -> classify -> policy ->
/// filter -> sinks. An event is enriched before the claims table takes note of it, so a claim's listen and
/// release need it no more.
#pragma once

#include "claims/claims.hpp"
#include "enrich/enricher.hpp"
#include "filter/filters.hpp"
#include "inventory/inventory.hpp"
#include "sinks/sink.hpp"
#include "util/result.hpp"

#include <bindwatch/event.hpp>
#include <bindwatch/event_abi.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bindwatch {

class Pipeline {
  public:
    /// The sockets that have the port of a failed bind, once a program. Null: nobody looked.
    using Finder = std::function<std::optional<std::vector<FoundSocket>>(const Event& failed)>;

    /// `count`: take() says no more after so many events.
    Pipeline(Filters filters, Enricher& enricher, std::vector<std::unique_ptr<Sink>> sinks,
             std::optional<std::uint64_t> count);

    void start(std::string version, std::string_view plan);
    /// One record of the ring. False: the stream is at its end, by count or because no output is left; a
    /// record that comes after that is not told.
    bool take(std::span<const std::byte> bytes);
    /// What exists already, complete (survey()). Before the first record that was made after it.
    void take_found(std::span<const FoundSocket> sockets);
    /// `lost` is the kernel's counter; what is new in it becomes a `lost` record here in the stream, one for
    /// each CPU if they can be told apart.
    void note_lost(std::uint64_t lost);
    /// Where to look up which CPU lost what; the kernel's counter is never more than their sum.
    void set_losses(std::function<std::span<const bw_loss>()> losses) { losses_ = std::move(losses); }
    /// Who is asked about a bind that failed with EADDRINUSE and that the filters let through.
    void set_finder(Finder finder) { finder_ = std::move(finder); }
    /// Call when nothing more waits in the ring: lines leave now, and the clocks are compared anew.
    void flush();
    /// After SIGHUP.
    void reopen();
    void stop();

    /// False: an output was closed or failed and none is left, or `count` is reached.
    [[nodiscard]] bool running() const { return !sinks_.empty() && !at_count_; }
    /// False: every output was closed or failed.
    [[nodiscard]] bool has_outputs() const { return !sinks_.empty(); }
    [[nodiscard]] std::size_t outputs() const { return sinks_.size(); }
    /// An output that failed; its reader having gone is no failure.
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] std::uint64_t alerts() const { return totals_.alerts; }
    /// "12 events, 1 warning, 0 lost in 3.2 s"
    [[nodiscard]] std::string summary() const;

  private:
    template <typename Record>
    void write(const Record& record);
    void tell(const Event& event);
    void find_holders(Event& event);
    /// An event that is missing in the stream, at this place.
    void write_lost(LostRecord lost);
    void note_losses(std::span<const bw_loss> cpus);
    void keep_or_drop(const Result<WriteStatus>& written, std::unique_ptr<Sink>& sink);
    void drop_closed();

    Filters filters_;
    Enricher& enricher_;
    std::vector<std::unique_ptr<Sink>> sinks_; ///< null while one is being dropped
    std::optional<std::uint64_t> count_;
    Claims claims_;
    Event event_; ///< reused: its strings keep their memory
    StopRecord totals_;
    std::int64_t boot_to_real_ns_;
    std::int64_t started_ns_ = 0;
    std::function<std::span<const bw_loss>()> losses_;
    Finder finder_;
    std::vector<bw_loss> told_losses_;   ///< by CPU
    std::uint64_t lost_in_kernel_ = 0;   ///< part of totals_.lost; the rest arrived and was of no use
    std::int64_t complete_until_ns_ = 0; ///< nothing is missing before this moment
    bool at_count_ = false;
    bool failed_ = false;
};

} // namespace bindwatch
