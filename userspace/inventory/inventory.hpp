// SPDX-License-Identifier: Apache-2.0
/// Rows of the kernel side's snapshot -> what exists. Pure; the bytes are not trusted.
#pragma once

#include <bindwatch/event.hpp>
#include <bindwatch/snapshot_abi.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace bindwatch {

/// A socket that exists, as a `bind` of origin snapshot, whatever it has done since.
struct FoundSocket {
    std::uint64_t claim = 0;                ///< the kernel side's number for it, as in Decoded
    bool kept = true;                       ///< the kernel side took note of it, where it was asked to
    bool wanted = true;                     ///< it passes the filters: survey()
    std::optional<std::int64_t> since_ns{}; ///< wall clock of its bind, where that was seen
    Event event;                            ///< of its process only what the rows say
};

/// What a look has shown of the event's socket; of an event that no look has made, nothing.
[[nodiscard]] const Found& found_of(const Event& event);
/// All zero where it is not known; of a socket that was found it always is.
[[nodiscard]] const Address& address_of(const Event& event);
[[nodiscard]] std::uint32_t port_of(const Event& event);
/// The order of port, transport, address, network namespace.
[[nodiscard]] bool comes_before(const FoundSocket& a, const FoundSocket& b);

/// What is known of a sharer without asking anybody.
[[nodiscard]] Process process_of(const Sharer& sharer);

class Inventory {
  public:
    /// `now_ns`: the wall clock at which the rows were read; `boot_to_real_ns` as decode() takes it.
    Inventory(std::int64_t now_ns, std::int64_t boot_to_real_ns)
        : now_ns_(now_ns), boot_to_real_ns_(boot_to_real_ns) {}

    /// Whole rows. A socket may be told more than once, and a descriptor of one that was not told is skipped.
    /// The error says what is wrong with the bytes; the rows before it are kept.
    [[nodiscard]] std::expected<void, std::string> add(std::span<const std::byte> rows);

    /// There is one that a file refers to and to which no descriptor was told: on its way, or newer than the
    /// rows of descriptors.
    [[nodiscard]] bool has_files_without_descriptor() const;

    /// Of the sockets that were told, in ascending order.
    [[nodiscard]] std::vector<std::uint64_t> cookies() const;

    /// In the order of port, transport, address, network namespace.
    [[nodiscard]] std::vector<FoundSocket> take();

  private:
    [[nodiscard]] std::expected<void, std::string> add_socket(const bw_socket_row& row);
    void add_hold(const bw_hold_row& row);

    std::int64_t now_ns_;
    std::int64_t boot_to_real_ns_;
    std::vector<FoundSocket> sockets_;
    std::vector<std::uint32_t> flags_; ///< BW_ROW_…, of each
    std::unordered_map<std::uint64_t, std::size_t> by_claim_;
};

} // namespace bindwatch
