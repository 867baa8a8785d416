// SPDX-License-Identifier: Apache-2.0
#include "inventory/json_lines.hpp"

#include "sinks/json_format.hpp"
#include "sinks/open_sink.hpp"

#include <cstdint>

namespace bindwatch {

std::string json_lines(std::span<const FoundSocket> sockets) {
    const StreamOrigin origin = this_machine();
    JsonFormatter formatter(origin.host, origin.boot_id);
    std::string lines;
    std::uint64_t seq = 0;
    for (const FoundSocket& socket : sockets) {
        formatter.append(lines, {.seq = ++seq}, socket.event);
    }
    return lines;
}

} // namespace bindwatch
