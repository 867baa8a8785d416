// SPDX-License-Identifier: Apache-2.0
#include "sinks/open_sink.hpp"

#include "sinks/json_format.hpp"
#include "sinks/target.hpp"
#include "sinks/terminal.hpp"
#include "sinks/text_format.hpp"

#include <unistd.h>

#include <utility>

namespace bindwatch {

Result<std::unique_ptr<Sink>> open_sink(const OutputSpec& spec, ColorMode color, std::string_view host,
                                        std::string_view boot_id) {
    std::unique_ptr<Target> target;
    int fd = STDOUT_FILENO;
    if (spec.path.empty()) {
        target = std::make_unique<FdTarget>(fd, "stdout");
    } else {
        Result<std::unique_ptr<FileTarget>> file = FileTarget::open(spec.path);
        if (!file) {
            return std::unexpected(file.error());
        }
        fd = (*file)->fd();
        target = std::move(*file);
    }
    std::unique_ptr<Formatter> formatter;
    switch (spec.format) {
    case Format::text:
        formatter = std::make_unique<TextFormatter>(
            TextOptions{.width = terminal_width(fd), .color = use_color(color, fd)});
        break;
    case Format::json: formatter = std::make_unique<JsonFormatter>(host, boot_id); break;
    }
    return std::make_unique<Sink>(std::move(formatter), std::move(target));
}

} // namespace bindwatch
