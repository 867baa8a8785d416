// SPDX-License-Identifier: Apache-2.0
#include "cli/who.hpp"

#include "cli/port_look.hpp"
#include "cli/port_watch.hpp"
#include "sinks/target.hpp"
#include "util/log.hpp"

#include <unistd.h>

#include <utility>

namespace bindwatch {

Result<ExitCode> who(const WhoConfig& config, std::string_view version) {
    log::set_up(config.verbose);
    if (config.wait || config.watch) {
        return watch_port(config, version);
    }
    const auto sockets = look_at(config.query, true);
    if (!sockets) {
        return std::unexpected(sockets.error());
    }
    FdTarget standard_output(STDOUT_FILENO, "stdout");
    if (auto written = standard_output.write(answer(config, *sockets)); !written) {
        return std::unexpected(std::move(written.error()));
    }
    return sockets->empty() ? ExitCode::failure : ExitCode::done;
}

} // namespace bindwatch
