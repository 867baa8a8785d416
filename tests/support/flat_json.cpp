// SPDX-License-Identifier: Apache-2.0
#include "support/flat_json.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <utility>
#include <vector>

namespace bindwatch::test {
namespace {

/// The events of RapidJSON's reader; it asks for these names.
// NOLINTBEGIN(readability-identifier-naming)
class Flattener {
  public:
    using Length = rapidjson::SizeType;

    bool Null() { return put("null"); }
    bool Bool(bool value) { return put(value ? "true" : "false"); }
    bool Int(int value) { return put(std::to_string(value)); }
    bool Uint(unsigned value) { return put(std::to_string(value)); }
    bool Int64(std::int64_t value) { return put(std::to_string(value)); }
    bool Uint64(std::uint64_t value) { return put(std::to_string(value)); }
    bool Double(double value) { return put(std::to_string(value)); }
    bool RawNumber(const char* text, Length length, bool /*copy*/) { return put({text, length}); }
    bool String(const char* text, Length length, bool /*copy*/) { return put({text, length}); }
    bool Key(const char* text, Length length, bool /*copy*/) {
        levels_.back().key.assign(text, length);
        return true;
    }
    bool StartObject() { return open(false); }
    bool StartArray() { return open(true); }
    bool EndObject(Length members) { return close(members, "{}"); }
    bool EndArray(Length elements) { return close(elements, "[]"); }

    std::map<std::string, std::string> values;

  private:
    struct Level {
        bool array = false;
        std::size_t next = 0;
        std::string key;
    };

    [[nodiscard]] std::string path() const {
        std::string text;
        for (const auto& level : levels_) {
            text.append("/").append(level.array ? std::to_string(level.next) : level.key);
        }
        return text;
    }
    void step() {
        if (!levels_.empty()) {
            ++levels_.back().next;
        }
    }
    bool put(std::string value) {
        values.emplace(path(), std::move(value));
        step();
        return true;
    }
    bool open(bool array) {
        levels_.push_back({.array = array, .next = 0, .key = {}});
        return true;
    }
    bool close(Length count, const char* empty) {
        levels_.pop_back();
        if (count == 0) {
            return put(empty);
        }
        step();
        return true;
    }

    std::vector<Level> levels_;
};
// NOLINTEND(readability-identifier-naming)

} // namespace

std::optional<std::map<std::string, std::string>> flatten_json(std::string_view text) {
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::Reader reader;
    Flattener flattener;
    constexpr unsigned flags = rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
    if (reader.Parse<flags>(stream, flattener).IsError()) {
        return std::nullopt;
    }
    return std::move(flattener.values);
}

} // namespace bindwatch::test
