// SPDX-License-Identifier: Apache-2.0
#include "sinks/open_sink.hpp"

#include "sinks/json_format.hpp"
#include "sinks/target.hpp"
#include "sinks/terminal.hpp"
#include "sinks/text_format.hpp"

#include <unistd.h>

#include <array>
#include <fstream>
#include <utility>

namespace bindwatch {

Result<OpenTarget> open_target(const OutputSpec& spec) {
    if (spec.path.empty()) {
        return OpenTarget{std::make_unique<FdTarget>(STDOUT_FILENO, "stdout"), STDOUT_FILENO};
    }
    Result<std::unique_ptr<FileTarget>> file = FileTarget::open(spec.path);
    if (!file) {
        return std::unexpected(file.error());
    }
    const int fd = (*file)->fd();
    return OpenTarget{std::move(*file), fd};
}

Result<std::unique_ptr<Sink>> open_sink(const OutputSpec& spec, ColorMode color, const StreamOrigin& origin) {
    auto opened = open_target(spec);
    if (!opened) {
        return std::unexpected(std::move(opened.error()));
    }
    std::unique_ptr<Formatter> formatter;
    switch (spec.format) {
    case Format::text:
        formatter = std::make_unique<TextFormatter>(
            TextOptions{.width = terminal_width(opened->fd), .color = use_color(color, opened->fd)});
        break;
    case Format::json: formatter = std::make_unique<JsonFormatter>(origin.host, origin.boot_id); break;
    }
    return std::make_unique<Sink>(std::move(formatter), std::move(opened->target));
}

StreamOrigin this_machine() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    StreamOrigin origin{.host = name.data()};
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::getline(file, origin.boot_id);
    return origin;
}

} // namespace bindwatch
