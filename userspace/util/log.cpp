// SPDX-License-Identifier: Apache-2.0
#include "util/log.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <utility>

namespace bindwatch::log {
namespace {

/// stderr, or memory while the screen is somebody's.
class HoldingSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  public:
    void hold() { holding_ = true; }
    void release() {
        holding_ = false;
        if (const std::size_t dropped = std::exchange(dropped_, 0); dropped > 0) {
            write("bindwatch: " + std::to_string(dropped) + " earlier messages were not kept\n");
        }
        for (const std::string& line : std::exchange(held_, {})) {
            write(line);
        }
    }

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t formatted;
        formatter_->format(message, formatted);
        std::string line(formatted.data(), formatted.size());
        if (!holding_) {
            write(line);
            return;
        }
        held_.push_back(std::move(line));
        if (held_.size() > most) {
            held_.pop_front();
            ++dropped_;
        }
    }
    void flush_() override { std::fflush(stderr); }

  private:
    static constexpr std::size_t most = 1000;

    static void write(const std::string& line) { std::fwrite(line.data(), 1, line.size(), stderr); }

    bool holding_ = false;
    std::deque<std::string> held_;
    std::size_t dropped_ = 0;
};

const std::shared_ptr<HoldingSink>& sink() {
    static const auto instance = std::make_shared<HoldingSink>();
    return instance;
}

spdlog::logger& logger() {
    static spdlog::logger instance = [] {
        spdlog::logger made("bindwatch", sink());
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

void hold() {
    sink()->hold();
}
void release() {
    sink()->release();
}

} // namespace bindwatch::log
