// SPDX-License-Identifier: Apache-2.0
#include "sinks/local_time.hpp"

#include <chrono>
#include <ctime>

namespace bindwatch {
namespace {

void put_digits(std::string& text, std::size_t at, std::size_t count, std::int64_t number) {
    while (count > 0) {
        --count;
        text[at + count] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
}

} // namespace

std::string_view TimeOfDay::format(std::int64_t ns_since_epoch) {
    using namespace std::chrono;
    const nanoseconds since_epoch{ns_since_epoch};
    const std::int64_t second = floor<seconds>(since_epoch).count();
    if (second != second_ || text_.empty()) {
        second_ = second;
        const std::time_t time = second;
        std::tm parts{};
        if (clock_ == Clock::local) {
            static_cast<void>(::localtime_r(&time, &parts)); // fails only beyond the year 2^31
        } else {
            static_cast<void>(::gmtime_r(&time, &parts));
        }
        text_ = "00:00:00.000";
        put_digits(text_, 0, 2, parts.tm_hour);
        put_digits(text_, 3, 2, parts.tm_min);
        put_digits(text_, 6, 2, parts.tm_sec);
    }
    put_digits(text_, 9, 3, floor<milliseconds>(since_epoch).count() - second * 1000);
    return text_;
}

} // namespace bindwatch
