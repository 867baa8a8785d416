// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace bindwatch::top {

/// One key of the keyboard, whatever bytes a terminal sends for it.
struct Key {
    enum class Name : std::uint8_t {
        character,
        up,
        down,
        page_up,
        page_down,
        home,
        end,
        enter,
        escape,
        backspace,
        tab,
        back_tab,
        other, ///< one that means nothing here
    };

    Name name = Name::other;
    char32_t character = 0; ///< of Name::character: a Unicode scalar value, or a control (Ctrl-L is 12)

    friend bool operator==(const Key&, const Key&) = default;
};

} // namespace bindwatch::top
