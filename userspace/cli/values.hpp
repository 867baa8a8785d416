// SPDX-License-Identifier: Apache-2.0
/// One word of the command line -> one value. Pure. An error quotes the word and says what would have been
/// right; the caller puts the flag before it.
#pragma once

#include "config/config.hpp"
#include "util/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bindwatch {

/// "a,b" -> a, b. `\,` is a comma that does not separate. An empty entry in a list is an error; a single
/// empty word is left to the parser of its value.
[[nodiscard]] Result<std::vector<std::string>> split_list(std::string_view words);

/// "1683" or "8000-8999", 1-65535.
[[nodiscard]] Result<PortRange> parse_ports(std::string_view word);
/// "443" or "443/udp", 0-65535.
[[nodiscard]] Result<PortQuery> parse_port_query(std::string_view word);

/// "tcp", "vsock", "ip-47".
[[nodiscard]] Result<TransportRef> parse_transport(std::string_view word);
[[nodiscard]] Result<Family> parse_family(std::string_view word);
[[nodiscard]] Result<EventKind> parse_event(std::string_view word);
[[nodiscard]] Result<Status> parse_status(std::string_view word);
/// An alert that is off by default: there is one.
[[nodiscard]] Result<bool> parse_ephemeral_range(std::string_view word);
[[nodiscard]] Result<Plan> parse_plan(std::string_view word);
[[nodiscard]] Result<Grouping> parse_grouping(std::string_view word);
[[nodiscard]] Result<ColorMode> parse_color(std::string_view word);

/// "10.0.0.0/8", "fe80::/10", or one address. Bits beyond the prefix are cleared in `network`.
[[nodiscard]] Result<Cidr> parse_cidr(std::string_view word);

/// A decimal number of min..max; `what` names it in the error: "is not a process id (1-4194304)".
[[nodiscard]] Result<std::uint64_t> parse_number(std::string_view word, std::uint64_t min, std::uint64_t max,
                                                 std::string_view what);

/// "500ms", "10s", "2m", "1h"; a bare number is seconds. More than 0.
[[nodiscard]] Result<std::chrono::nanoseconds> parse_duration(std::string_view word);

/// "64K", "16M", "1G", or bytes: a power of two, 4 KiB to 1 GiB, as a BPF ring buffer needs it.
[[nodiscard]] Result<std::uint32_t> parse_ring_size(std::string_view word);

/// "[FORMAT=]TARGET" or "FORMAT".
[[nodiscard]] Result<OutputSpec> parse_output(std::string_view word);

} // namespace bindwatch
