// SPDX-License-Identifier: Apache-2.0
#include "cli/list.hpp"

#include "inventory/json_lines.hpp"
#include "inventory/survey.hpp"
#include "inventory/table.hpp"
#include "kernel/snapshot.hpp"
#include "sinks/open_sink.hpp"
#include "sinks/terminal.hpp"
#include "util/log.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace bindwatch {
Result<ExitCode> list(const ListConfig& config) {
    log::set_up(config.verbose);
    std::vector<OpenTarget> targets;
    for (const OutputSpec& output : config.outputs) {
        auto target = open_target(output);
        if (!target) {
            return std::unexpected(std::move(target.error()));
        }
        targets.push_back(std::move(*target));
    }
    const bool json = std::ranges::any_of(config.outputs,
                                          [](const OutputSpec& each) { return each.format == Format::json; });
    auto snapshot = Snapshot::load({.filters = config.filters,
                                    .kernel_filters = config.kernel_filters,
                                    .connections = config.connections});
    if (!snapshot) {
        return std::unexpected(std::move(snapshot.error()));
    }
    auto sockets = snapshot->take();
    if (!sockets) {
        return std::unexpected(std::move(sockets.error()));
    }
    if (!snapshot->remark().empty()) {
        log::warn(snapshot->remark());
    }
    survey(*sockets, config.filters, json || config.tree ? Detail::chain : Detail::place);
    std::erase_if(*sockets, [](const FoundSocket& socket) { return !socket.wanted; });
    sort_by(config.by, *sockets);
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const int fd = targets[i].fd;
        const std::string lines = config.outputs[i].format == Format::json
                                      ? json_lines(*sockets)
                                      : inventory_table(*sockets, {.width = terminal_width(fd),
                                                                   .color = use_color(config.color, fd),
                                                                   .tree = config.tree,
                                                                   .own_netns = own_network_namespace()});
        if (auto written = targets[i].target->write(lines); !written) {
            return std::unexpected(std::move(written.error()));
        }
    }
    return ExitCode::done;
}

} // namespace bindwatch
