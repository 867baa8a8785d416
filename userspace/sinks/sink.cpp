// SPDX-License-Identifier: Apache-2.0
#include "sinks/sink.hpp"

namespace bindwatch {

Result<WriteStatus> Sink::flush() {
    if (lines_.empty()) {
        return WriteStatus::ok;
    }
    Result<WriteStatus> result = target_->write(lines_);
    lines_.clear();
    if (const std::size_t width = target_->terminal_width(); width != 0) {
        formatter_->resize(width);
    }
    return result;
}

} // namespace bindwatch
