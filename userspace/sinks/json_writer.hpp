// SPDX-License-Identifier: Apache-2.0
/// RapidJSON's Writer with the three things that it is slow at done in bulk: member names known at compile
/// time, integers, and strings without anything to escape.
#pragma once

#include "sinks/plain_ascii.hpp"

#include <rapidjson/writer.h>

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

namespace bindwatch {

/// A line being written: RapidJSON's output stream concept over memory that is kept from line to line.
class LineBuffer {
  public:
    using Ch = char;

    LineBuffer() { grow(4096); }

    void Put(char c) { // NOLINT(readability-identifier-naming): RapidJSON's concept
        ensure(1);
        *cursor_++ = c;
    }
    void Flush() {} // NOLINT(readability-identifier-naming)

    /// Makes room for `bytes` more and returns where they go; commit() says how many were used.
    char* ensure(std::size_t bytes) {
        if (static_cast<std::size_t>(end_ - cursor_) < bytes) {
            grow(bytes);
        }
        return cursor_;
    }
    void commit(const char* end) { cursor_ += end - cursor_; }
    void put_unsafe(char c) { *cursor_++ = c; }

    void append(std::string_view text) {
        std::memcpy(ensure(text.size()), text.data(), text.size());
        cursor_ += text.size();
    }
    void clear() { cursor_ = memory_.get(); }
    [[nodiscard]] std::string_view view() const { return {memory_.get(), cursor_}; }

  private:
    void grow(std::size_t bytes);

    std::unique_ptr<char[]> memory_; // NOLINT(modernize-avoid-c-arrays)
    char* cursor_ = nullptr;
    char* end_ = nullptr;
};

/// Found by RapidJSON through argument-dependent lookup.
inline void PutReserve(LineBuffer& line, std::size_t bytes) { // NOLINT(readability-identifier-naming)
    line.ensure(bytes);
}
inline void PutUnsafe(LineBuffer& line, char c) { // NOLINT(readability-identifier-naming)
    line.put_unsafe(c);
}

/// The name of a member, checked when it is compiled to need no escape. Holds `"name"` with its quotes.
template <std::size_t Size>
struct MemberName {
    std::array<char, Size + 1> quoted{};

    consteval MemberName(const char (&name)[Size]) { // NOLINT(modernize-avoid-c-arrays): a literal
        quoted[0] = '"';
        for (std::size_t i = 0; i + 1 < Size; ++i) {
            if (name[i] < 'a' || name[i] > 'z') {
                if (name[i] != '_' && (name[i] < '0' || name[i] > '9')) {
                    throw "a member name is lower case, digits and _";
                }
            }
            quoted[i + 1] = name[i];
        }
        quoted[Size] = '"';
    }
    [[nodiscard]] constexpr std::string_view view() const { return {quoted.data(), quoted.size()}; }
};

/// Writes one JSON text into a LineBuffer. Strings may be any bytes: what is not UTF-8 becomes U+FFFD, and
/// code points that could act on a terminal are written as \uXXXX, which is the same JSON value.
class JsonWriter : public rapidjson::Writer<LineBuffer> {
  public:
    explicit JsonWriter(LineBuffer& line) : rapidjson::Writer<LineBuffer>(line), line_(line) {}

    template <MemberName Name>
    JsonWriter& key() {
        Prefix(rapidjson::kStringType);
        line_.append(Name.view());
        return *this;
    }

    void value(std::string_view text) {
        if (all_plain(text)) {
            word(text);
        } else {
            escaped(text);
        }
    }
    /// A string that is known to be plain ASCII without `"` and `\`.
    void word(std::string_view text) {
        Prefix(rapidjson::kStringType);
        char* const at = line_.ensure(text.size() + 2);
        *at = '"';
        std::memcpy(at + 1, text.data(), text.size());
        at[text.size() + 1] = '"';
        line_.commit(at + text.size() + 2);
    }
    template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>) void value(T number) { integer(number); }
    void value(std::same_as<bool> auto flag) {
        if (flag) {
            raw("true", rapidjson::kTrueType);
        } else {
            raw("false", rapidjson::kFalseType);
        }
    }
    void null() { raw("null", rapidjson::kNullType); }

    template <typename T>
    void value_or_null(const std::optional<T>& maybe) {
        if (maybe) {
            value(*maybe);
        } else {
            null();
        }
    }
    /// An empty text is "not known".
    void text_or_null(std::string_view text) {
        if (text.empty()) {
            null();
        } else {
            value(text);
        }
    }
    /// A value that is JSON already, on one line.
    void raw(std::string_view json, rapidjson::Type type) {
        Prefix(type);
        line_.append(json);
    }

  private:
    void integer(std::unsigned_integral auto number) {
        constexpr std::size_t digits = 20;
        Prefix(rapidjson::kNumberType);
        char* const at = line_.ensure(digits);
        line_.commit(std::to_chars(at, at + digits, number).ptr);
    }
    void escaped(std::string_view text);

    LineBuffer& line_;
};

} // namespace bindwatch
