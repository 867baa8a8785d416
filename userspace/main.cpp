// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor.hpp"
#include "cli/explain.hpp"
#include "cli/follow.hpp"
#include "cli/list.hpp"
#include "cli/lookup.hpp"
#include "cli/parse.hpp"
#include "cli/top.hpp"
#include "cli/who.hpp"
#include "kernel/version.hpp"
#include "sinks/target.hpp"
#include "sinks/terminal.hpp"
#include "util/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace bindwatch {
namespace {

template <typename... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

Result<ExitCode> print(std::string_view text) {
    FdTarget standard_output(STDOUT_FILENO, "stdout");
    const auto written = standard_output.write(text);
    if (!written) {
        return std::unexpected(written.error());
    }
    return ExitCode::done;
}

Result<ExitCode> doctor(const DoctorConfig& config) {
    const Diagnosis diagnosis = examine(config, BINDWATCH_VERSION);
    const auto printed =
        print(config.format == Format::json ? doctor_json(diagnosis)
                                            : doctor_text(diagnosis, use_color(config.color, STDOUT_FILENO)));
    return printed ? exit_code(diagnosis) : printed;
}

Result<ExitCode> run(const Config& config) {
    return std::visit(
        Overloaded{[](const FollowConfig& follow_config) { return follow(follow_config, BINDWATCH_VERSION); },
                   [](const TopConfig& top_config) { return show_top(top_config, BINDWATCH_VERSION); },
                   [](const ListConfig& list_config) { return list(list_config); },
                   [](const WhoConfig& who_config) { return who(who_config, BINDWATCH_VERSION); },
                   [](const ExplainConfig& explain) {
                       return print(explain.format == Format::json
                                        ? explain_json(explain)
                                        : explain_text(explain, use_color(explain.color, STDOUT_FILENO)));
                   },
                   [](const DoctorConfig& doctor_config) { return doctor(doctor_config); }},
        config);
}

int exit_status(const Result<ExitCode>& outcome) {
    if (outcome) {
        return static_cast<int>(*outcome);
    }
    log::error(outcome.error().message);
    return static_cast<int>(outcome.error().code);
}

/// A closed standard descriptor would be the number of the next file that is opened, and that file would get
/// what is meant for stdout. Taken here, and for the wrong direction, so that using it says EBADF.
void occupy_standard_descriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            std::abort(); // the lowest free number is fd
        }
    }
}

int main(int argc, char** argv) {
    occupy_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN); // writing says EPIPE
    const SystemLookup lookup;
    const ParseOutcome parsed = parse_command_line(argc, argv, lookup, libbpf_version());
    return exit_status(
        std::visit(Overloaded{[](const Config& config) { return run(config); },
                              [](const Printed& printed) { return print(printed.text); },
                              [](const Error& error) -> Result<ExitCode> { return std::unexpected(error); }},
                   parsed));
}

} // namespace
} // namespace bindwatch

int main(int argc, char** argv) {
    return bindwatch::main(argc, argv);
}
