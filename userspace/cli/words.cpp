// SPDX-License-Identifier: Apache-2.0
#include "cli/words.hpp"

#include "sinks/printable.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace bindwatch {

namespace {

constexpr std::size_t longest_shown = 80;

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Optimal string alignment distance.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> before_last(right.size() + 1);
    std::vector<std::size_t> last(right.size() + 1);
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= left.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const bool same = lower(left[i - 1]) == lower(right[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && lower(left[i - 1]) == lower(right[j - 2]) &&
                lower(left[i - 2]) == lower(right[j - 1])) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last[right.size()];
}

} // namespace

std::string in_quotes(std::string_view word) {
    std::string text = printable(word);
    if (!text.empty()) {
        text = shortened(text, longest_shown);
    }
    return '\'' + text + '\'';
}

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
    // A hostile word must not cost more than a typing error can be long.
    if (word.size() > longest_shown) {
        return std::nullopt;
    }
    std::optional<std::string_view> best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto candidate : candidates) {
        const std::size_t edits = distance(word, candidate);
        const bool unfinished = edits == best_distance && best && candidate.starts_with(word);
        if (edits < best_distance || unfinished) {
            best = candidate;
            best_distance = edits;
        }
    }
    return best;
}

} // namespace bindwatch
