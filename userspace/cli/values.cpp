// SPDX-License-Identifier: Apache-2.0
#include "cli/values.hpp"

#include "cli/words.hpp"
#include "util/decimal.hpp"

#include <bindwatch/names.hpp>

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <optional>
#include <utility>

namespace bindwatch {

namespace {

constexpr std::uint32_t last_port = 65535;

std::unexpected<Error> wrong(std::string_view word, std::string_view why) {
    return fail(ExitCode::usage, fmt::format("{} {}", in_quotes(word), why));
}

std::optional<std::uint32_t> port_number(std::string_view word, std::uint32_t min) {
    const auto number = parse_digits<std::uint64_t>(word);
    if (!number || *number < min || *number > last_port) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(*number);
}

/// The number at the start of a word and the unit after it.
struct Quantity {
    std::uint64_t number = 0;
    std::string_view unit;
};

std::optional<Quantity> quantity(std::string_view word) {
    const auto unit = std::min(word.find_first_not_of("0123456789"), word.size());
    const auto number = parse_digits<std::uint64_t>(word.substr(0, unit));
    if (!number) {
        return std::nullopt;
    }
    return Quantity{*number, word.substr(unit)};
}

struct Unit {
    std::string_view name;
    std::uint64_t size = 1;
};

/// Null for an unknown unit; the largest number there is when the product is larger.
std::optional<std::uint64_t> scaled(const Quantity& quantity, std::span<const Unit> units) {
    const auto unit = std::ranges::find(units, quantity.unit, &Unit::name);
    if (unit == units.end()) {
        return std::nullopt;
    }
    std::uint64_t product = 0;
    if (__builtin_mul_overflow(quantity.number, unit->size, &product)) {
        return std::numeric_limits<std::uint64_t>::max();
    }
    return product;
}

template <typename Value>
struct Choice {
    std::string_view name;
    Value value;
};

template <typename Value, std::size_t Size>
Result<Value> choose(std::string_view word, const std::array<Choice<Value>, Size>& choices,
                     std::string_view what) {
    std::string known;
    for (const auto& choice : choices) {
        if (choice.name == word) {
            return choice.value;
        }
        known.append(known.empty() ? "" : ", ").append(choice.name);
    }
    return wrong(word, fmt::format("is not {} ({})", what, known));
}

template <typename Value, std::size_t Size>
Result<Value> choose_named(std::string_view word, const std::array<Value, Size>& values,
                           std::string_view what) {
    std::array<Choice<Value>, Size> choices{};
    std::ranges::transform(values, choices.begin(), [](Value value) {
        return Choice{name_of(value), value};
    });
    return choose(word, choices, what);
}

constexpr std::array formats{Choice{"text", Format::text}, Choice{"json", Format::json}};

std::optional<Format> format_of(std::string_view word) {
    const auto* const found = std::ranges::find(formats, word, &Choice<Format>::name);
    return found == formats.end() ? std::nullopt : std::optional(found->value);
}

void clear_host_bits(Address& address, unsigned prefix) {
    for (std::size_t i = 0; i < address.bytes.size(); ++i) {
        const auto kept = std::clamp<int>(static_cast<int>(prefix) - static_cast<int>(i) * 8, 0, 8);
        address.bytes[i] =
            static_cast<std::uint8_t>(address.bytes[i] & (0xff00U >> static_cast<unsigned>(kept)));
    }
}

} // namespace

Result<std::vector<std::string>> split_list(std::string_view words) {
    std::vector<std::string> list(1);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == ',') {
            list.emplace_back();
        } else if (words.substr(i).starts_with("\\,")) {
            list.back() += words[++i];
        } else {
            list.back() += words[i];
        }
    }
    if (list.size() > 1 && std::ranges::find(list, std::string{}) != list.end()) {
        return wrong(words, "has an empty entry between its commas");
    }
    return list;
}

Result<PortRange> parse_ports(std::string_view word) {
    const auto dash = word.find('-');
    const auto first = port_number(word.substr(0, dash), 1);
    const auto last = dash == std::string_view::npos ? first : port_number(word.substr(dash + 1), 1);
    if (!first || !last) {
        return wrong(word, "is not a port (1-65535) or a range such as 8000-8999");
    }
    if (*last < *first) {
        return wrong(
            word,
            "is a range that ends before it begins; a port (1-65535) or a range such as 8000-8999 is meant");
    }
    return PortRange{*first, *last};
}

Result<PortQuery> parse_port_query(std::string_view word) {
    const auto slash = word.find('/');
    const auto port = port_number(word.substr(0, slash), 0);
    if (!port) {
        return wrong(word, "is not a port (0-65535), alone or with its transport such as 443/udp");
    }
    if (slash == std::string_view::npos) {
        return PortQuery{*port, std::nullopt};
    }
    const auto protocol = protocol_of(word.substr(slash + 1));
    if (!protocol) {
        return wrong(word, "has no transport after its slash (tcp, udp, udplite, sctp, mptcp)");
    }
    return PortQuery{*port, protocol};
}

Result<TransportRef> parse_transport(std::string_view word) {
    if (word == name_of(Family::vsock)) {
        return TransportRef{0, true};
    }
    if (const auto protocol = protocol_of(word)) {
        return TransportRef{*protocol, false};
    }
    return wrong(word,
                 "is not a transport (tcp, udp, udplite, sctp, mptcp, vsock, or ip- and a protocol number)");
}

Result<Family> parse_family(std::string_view word) {
    return choose_named(word, std::array{Family::ipv4, Family::ipv6, Family::vsock}, "an address family");
}

Result<EventKind> parse_event(std::string_view word) {
    return choose_named(word, std::array{EventKind::bind, EventKind::listen, EventKind::release}, "an event");
}

Result<Status> parse_status(std::string_view word) {
    return choose_named(word,
                        std::array{Status::assigned, Status::unassigned, Status::reserved, Status::dynamic},
                        "a registry status");
}

Result<bool> parse_ephemeral_range(std::string_view word) {
    return choose(word, std::array{Choice{ephemeral_range_rule, true}}, "an alert that is off by default");
}

Result<Plan> parse_plan(std::string_view word) {
    return choose(word,
                  std::array{Choice{"auto", Plan::automatic}, Choice{"fentry", Plan::fentry},
                             Choice{"cgroup", Plan::cgroup}, Choice{"syscall", Plan::syscall}},
                  "a probe plan");
}

Result<Grouping> parse_grouping(std::string_view word) {
    return choose(word,
                  std::array{Choice{"port", Grouping::port}, Choice{"process", Grouping::process},
                             Choice{"container", Grouping::container}},
                  "something to sort by");
}

Result<ColorMode> parse_color(std::string_view word) {
    return choose(word,
                  std::array{Choice{"auto", ColorMode::automatic}, Choice{"always", ColorMode::always},
                             Choice{"never", ColorMode::never}},
                  "a color mode");
}

Result<Cidr> parse_cidr(std::string_view word) {
    const auto slash = word.find('/');
    const std::string address(word.substr(0, slash));
    Cidr cidr{{}, 32, std::string(word)};
    cidr.network.family = address.contains(':') ? Family::ipv6 : Family::ipv4;
    const bool ipv6 = cidr.network.family == Family::ipv6;
    if (::inet_pton(ipv6 ? AF_INET6 : AF_INET, address.c_str(), cidr.network.bytes.data()) != 1) {
        return wrong(word, "is not an address or a network such as 10.0.0.0/8 or fe80::/10");
    }
    const unsigned bits = ipv6 ? 128 : 32;
    cidr.prefix = bits;
    if (slash != std::string_view::npos) {
        const auto prefix = parse_digits<std::uint64_t>(word.substr(slash + 1));
        if (!prefix || *prefix > bits) {
            return wrong(word, fmt::format("has no prefix length of 0-{} after its slash", bits));
        }
        cidr.prefix = static_cast<unsigned>(*prefix);
    }
    clear_host_bits(cidr.network, cidr.prefix);
    return cidr;
}

Result<std::uint64_t> parse_number(std::string_view word, std::uint64_t min, std::uint64_t max,
                                   std::string_view what) {
    const auto number = parse_digits<std::uint64_t>(word);
    if (!number || *number < min || *number > max) {
        return wrong(word, fmt::format("is not {} ({}-{})", what, min, max));
    }
    return *number;
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view word) {
    static constexpr std::array units{Unit{"ms", 1'000'000}, Unit{"s", 1'000'000'000},
                                      Unit{"", 1'000'000'000}, Unit{"m", 60'000'000'000},
                                      Unit{"h", 3'600'000'000'000}};
    const auto given = quantity(word);
    const auto nanoseconds = given ? scaled(*given, units) : std::nullopt;
    if (!nanoseconds || *nanoseconds == 0) {
        return wrong(word, "is not a time such as 500ms, 10s, 2m or 1h");
    }
    if (std::cmp_greater(*nanoseconds, std::chrono::nanoseconds::max().count())) {
        return wrong(word, "is longer than bindwatch can count (292 years)");
    }
    return std::chrono::nanoseconds(static_cast<std::int64_t>(*nanoseconds));
}

Result<std::uint32_t> parse_ring_size(std::string_view word) {
    static constexpr std::array units{Unit{"", 1}, Unit{"K", 1U << 10U}, Unit{"M", 1U << 20U},
                                      Unit{"G", 1U << 30U}};
    constexpr std::uint32_t smallest = 4U << 10U;
    constexpr std::uint32_t largest = 1U << 30U;
    const auto given = quantity(word);
    const auto bytes = given ? scaled(*given, units) : std::nullopt;
    if (!bytes || *bytes < smallest || *bytes > largest) {
        return wrong(word, "is not a size from 4K (one page) to 1G");
    }
    if (!std::has_single_bit(*bytes)) {
        return wrong(word, "is not a power of two, which the kernel's ring buffer needs (64K, 1M, 16M)");
    }
    return static_cast<std::uint32_t>(*bytes);
}

Result<OutputSpec> parse_output(std::string_view word) {
    static constexpr std::string_view file = "file:";
    if (const auto format = format_of(word)) {
        return OutputSpec{*format, {}};
    }
    OutputSpec spec;
    std::string_view target = word;
    const auto equals = word.find('=');
    if (equals != std::string_view::npos && !word.starts_with(file)) {
        const auto format = format_of(word.substr(0, equals));
        if (!format) {
            return wrong(word, "begins with no known format (text, json)");
        }
        spec.format = *format;
        target.remove_prefix(equals + 1);
    }
    if (target == "-") {
        return spec;
    }
    if (!target.starts_with(file) || target.size() == file.size()) {
        return wrong(word, "is neither a format (text, json) nor a target (-, file:PATH)");
    }
    spec.path = target.substr(file.size());
    return spec;
}

} // namespace bindwatch
