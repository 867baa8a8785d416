// SPDX-License-Identifier: Apache-2.0
/// Who holds what: the live table, built from the stream itself. Pure.
#pragma once

#include "decode/decoder.hpp"

#include <bindwatch/event.hpp>
#include <bindwatch/event_abi.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace bindwatch {

class Claims {
  public:
    /// `most`: how many claims the kernel side knows at a time. If there are more here, some ended whose
    /// release was lost; the oldest are forgotten.
    explicit Claims(std::size_t most = BW_DEFAULT_CLAIMS) : most_(most) {}

    enum class Outcome : std::uint8_t {
        whole,
        partial, ///< the record of the bind is lost, and with it what the event does not say of its process
        again,   ///< a release that was told already: in plan syscall two threads can come upon one note
    };
    /// Takes note of a bind, or of the listen of a claim whose bind nobody saw; completes a listen or release
    /// of a claim whose process the kernel did not send again, and gives a release its held_ns. Forgets the
    /// claim at its release.
    Outcome apply(const Decoded& decoded, Event& event);

    /// Takes note of a claim that a snapshot found, whose number is the kernel side's.
    void note(std::uint64_t claim, const Event& event) { remember({.claim = claim}, event); }

    /// What is known of a claim that has not ended.
    struct Known {
        const std::optional<Process>& process;
        const std::optional<Container>& container;
        std::optional<std::int64_t> since_ns; ///< wall clock of its bind; null: that was not seen
    };
    [[nodiscard]] std::optional<Known> find(std::uint64_t claim) const;

    /// Claims whose bind was seen and that have not ended.
    [[nodiscard]] std::size_t size() const { return claims_.size(); }

  private:
    struct Ended {
        std::uint64_t claim = 0;
        std::uint64_t since = 0;

        friend bool operator==(const Ended&, const Ended&) = default;
    };
    struct Claim {
        std::uint64_t number = 0;
        std::optional<Process> process;
        std::optional<Cgroup> cgroup;
        std::optional<Container> container;
        std::int64_t bound_at_ns = 0;
        std::uint64_t since = 0; ///< as Decoded has it
    };

    void remember(const Decoded& decoded, const Event& event);
    void forget_oldest();
    void hand_over(Claim& claim, Event& event);
    Outcome release(const Decoded& decoded, Event& event);
    bool ended_before(const Decoded& decoded);

    std::size_t most_;
    /// By the kernel side's number for the socket. Ended claims' nodes are kept for the next ones.
    std::unordered_map<std::uint64_t, Claim> claims_;
    std::unordered_map<std::uint64_t, Claim>::node_type spare_;
    static constexpr std::size_t few = 16;
    std::array<Ended, few> ended_; ///< the last ones, in a ring
    std::size_t next_ended_ = 0;
    /// Claims whose number was the next one's before their own end was told, as plan syscall can have it; in
    /// a ring.
    std::array<Claim, few> displaced_;
    std::size_t next_displaced_ = 0;
};

} // namespace bindwatch
