// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace bindwatch::top {

/// The last few of many: of bounded size, and a new one takes over the memory of the oldest.
template <typename T>
class Recent {
  public:
    /// `most`: at least 1.
    explicit Recent(std::size_t most) : most_(most) {}

    /// The newest from now on, with what the oldest held still in it once there are `most`.
    T& add() {
        if (all_.size() < most_) {
            next_ = 0;
            return all_.emplace_back();
        }
        T& reused = all_[next_];
        next_ = (next_ + 1) % most_;
        return reused;
    }
    void clear() {
        all_.clear();
        next_ = 0;
    }

    [[nodiscard]] std::size_t size() const { return all_.size(); }
    /// The newest is 0.
    [[nodiscard]] const T& operator[](std::size_t age) const {
        const std::size_t from_oldest = all_.size() - 1 - age;
        return all_[(next_ + from_oldest) % all_.size()];
    }

  private:
    std::size_t most_;
    std::vector<T> all_;
    std::size_t next_ = 0; ///< the oldest
};

} // namespace bindwatch::top
