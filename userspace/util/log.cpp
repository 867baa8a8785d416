// SPDX-License-Identifier: Apache-2.0
#include "util/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace bindwatch::log {
namespace {

spdlog::logger& logger() {
    static spdlog::logger instance = [] {
        spdlog::logger made("bindwatch", std::make_shared<spdlog::sinks::stderr_sink_st>());
        made.set_pattern("bindwatch: %v");
        made.set_level(spdlog::level::info);
        return made;
    }();
    return instance;
}

} // namespace

void set_up(bool verbose) {
    if (verbose) {
        logger().set_pattern("bindwatch: [%H:%M:%S.%e %l] %v");
        logger().set_level(spdlog::level::debug);
    }
}

void debug(std::string_view message) {
    logger().debug(message);
}
void info(std::string_view message) {
    logger().info(message);
}
void warn(std::string_view message) {
    logger().warn(message);
}
void error(std::string_view message) {
    logger().critical(message);
}

} // namespace bindwatch::log
