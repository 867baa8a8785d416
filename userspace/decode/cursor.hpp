// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace bindwatch {

/// Reads a span front to back and never past its end.
class Cursor {
  public:
    explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}

    /// Makes the end come at `length` bytes from the start of the span.
    void limit(std::size_t length) { bytes_ = bytes_.first(std::min(length, bytes_.size())); }

    template <typename T>
    requires std::is_trivially_copyable_v<T>
    [[nodiscard]] bool read(T& out) {
        if (bytes_.size() - at_ < sizeof(T)) {
            return false;
        }
        std::memcpy(&out, bytes_.data() + at_, sizeof(T));
        at_ += sizeof(T);
        return true;
    }

    /// A view into the span.
    [[nodiscard]] bool read_text(std::size_t length, std::string_view& out) {
        if (bytes_.size() - at_ < length) {
            return false;
        }
        out = {reinterpret_cast<const char*>(bytes_.data() + at_), length};
        at_ += length;
        return true;
    }

  private:
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
};

} // namespace bindwatch
