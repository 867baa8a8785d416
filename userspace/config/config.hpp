// SPDX-License-Identifier: Apache-2.0
/// What the command line says, checked and complete: the one immutable value that everything else is built
/// from.
#pragma once

#include "filter/filters.hpp"

#include <bindwatch/event_abi.h>

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bindwatch {

enum class Plan : std::uint8_t { automatic, fentry, cgroup, syscall };
enum class Format : std::uint8_t { text, json };
enum class ColorMode : std::uint8_t { automatic, always, never };

struct OutputSpec {
    Format format = Format::text;
    std::string path; ///< empty: stdout
};

/// `bindwatch [FILTERS] [OUTPUT]`
struct FollowConfig {
    Filters filters;
    std::vector<OutputSpec> outputs; ///< empty only for `top`
    Plan plan = Plan::automatic;
    std::uint32_t ring_bytes = 32U << 20U; ///< a power of two, at least one page
    std::uint64_t max_claims = BW_DEFAULT_CLAIMS;
    std::optional<std::chrono::nanoseconds> duration;
    std::optional<std::uint64_t> count;
    ColorMode color = ColorMode::automatic;
    bool snapshot = false; ///< what exists first
    bool fail_on_alert = false;
    bool kernel_filters = true;
    bool verbose = false;
    std::vector<std::string>
        command; ///< `run -- CMD ARG…`: it and its descendants alone are followed; empty: everybody
};

enum class Grouping : std::uint8_t { port, process, container };

/// `bindwatch list [FILTERS] [OUTPUT]`
struct ListConfig {
    Filters filters;
    std::vector<OutputSpec> outputs; ///< never empty
    bool connections = false;        ///< as well as claims
    Grouping by = Grouping::port;
    bool tree = false; ///< every process and descriptor of a socket
    ColorMode color = ColorMode::automatic;
    bool kernel_filters = true;
    bool verbose = false;
};

struct PortQuery {
    std::uint32_t port = 0;
    std::optional<std::uint16_t> protocol; ///< null: every transport that the registry knows
};

/// `bindwatch explain PORT[/TRANSPORT]…`
struct ExplainConfig {
    std::vector<PortQuery> queries; ///< never empty
    Format format = Format::text;
    ColorMode color = ColorMode::automatic;
};

/// `bindwatch who PORT[/TRANSPORT]`
struct WhoConfig {
    PortQuery query;
    Format format = Format::text;
    ColorMode color = ColorMode::automatic;
    bool wait = false;  ///< until nobody has it
    bool watch = false; ///< go on following the port
    bool verbose = false;
};

/// `bindwatch doctor`
struct DoctorConfig {
    Format format = Format::text;
    ColorMode color = ColorMode::automatic;
    bool verbose = false;
};

/// `bindwatch top [FILTERS]`
struct TopConfig {
    FollowConfig follow; ///< what exists first; without outputs
};

using Config = std::variant<FollowConfig, TopConfig, ListConfig, WhoConfig, ExplainConfig, DoctorConfig>;

} // namespace bindwatch
