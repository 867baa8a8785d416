// SPDX-License-Identifier: Apache-2.0
#include "sinks/utc_time.hpp"

#include <chrono>

namespace bindwatch {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::size_t fraction_at = 20;

void put_digits(char* at, std::size_t count, std::uint64_t number) {
    while (count > 0) {
        --count;
        at[count] = static_cast<char>('0' + number % 10);
        number /= 10;
    }
}

} // namespace

UtcTime::UtcTime() {
    constexpr std::string_view shape = "0000-00-00T00:00:00.000000000Z";
    shape.copy(text_.data(), text_.size());
    set_second(0);
}

void UtcTime::set_second(std::int64_t second) {
    using namespace std::chrono;
    second_ = second;
    const sys_seconds time{seconds{second}};
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    char* const text = text_.data();
    put_digits(text, 4, static_cast<std::uint64_t>(static_cast<int>(date.year())));
    put_digits(text + 5, 2, static_cast<unsigned>(date.month()));
    put_digits(text + 8, 2, static_cast<unsigned>(date.day()));
    put_digits(text + 11, 2, static_cast<std::uint64_t>(clock.hours().count()));
    put_digits(text + 14, 2, static_cast<std::uint64_t>(clock.minutes().count()));
    put_digits(text + 17, 2, static_cast<std::uint64_t>(clock.seconds().count()));
}

std::string_view UtcTime::format(std::int64_t ns_since_epoch) {
    std::int64_t second = ns_since_epoch / ns_per_second;
    std::int64_t fraction = ns_since_epoch % ns_per_second;
    if (fraction < 0) {
        fraction += ns_per_second;
        --second;
    }
    if (second != second_) {
        set_second(second);
    }
    put_digits(text_.data() + fraction_at, 9, static_cast<std::uint64_t>(fraction));
    return {text_.data(), text_.size()};
}

} // namespace bindwatch
