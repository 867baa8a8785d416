// SPDX-License-Identifier: Apache-2.0
#include "top/feed.hpp"

namespace bindwatch::top {
namespace {

class IntoModel final : public Formatter {
  public:
    explicit IntoModel(Model& model) : model_(model) {}

    void append(std::string& /*out*/, StreamPosition /*at*/, const Event& event) override {
        model_.take(event);
    }
    void append(std::string& /*out*/, StreamPosition /*at*/, const StartRecord& record) override {
        model_.start(record);
    }
    void append(std::string& /*out*/, StreamPosition /*at*/, const LostRecord& record) override {
        model_.lose(record);
    }
    void append(std::string& /*out*/, StreamPosition /*at*/, const StopRecord& /*record*/) override {}

  private:
    Model& model_;
};

class Nowhere final : public Target {
  public:
    Result<WriteStatus> write(std::string_view /*lines*/) override { return WriteStatus::ok; }
};

} // namespace

std::unique_ptr<Sink> feed(Model& model) {
    return std::make_unique<Sink>(std::make_unique<IntoModel>(model), std::make_unique<Nowhere>());
}

} // namespace bindwatch::top
