// SPDX-License-Identifier: Apache-2.0
#include "pipeline/pipeline.hpp"
#include "support/record_builder.hpp"

#include <bindwatch/names.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace bindwatch {
namespace {

using sample::RecordBuilder;
using std::string_literals::operator""s;

/// One word a line: what kind of line it would be.
class WordFormatter final : public Formatter {
  public:
    void append(std::string& out, StreamPosition /*at*/, const Event& event) override {
        out += std::string(name_of(event.kind)) + (event.alerts.empty() ? "\n" : "!\n");
    }
    void append(std::string& out, StreamPosition /*at*/, const StartRecord& /*record*/) override {
        out += "start\n";
    }
    void append(std::string& out, StreamPosition /*at*/, const LostRecord& record) override {
        out += "lost " + std::to_string(record.count) +
               (record.cpu ? " on " + std::to_string(*record.cpu) : std::string()) + "\n";
    }
    void append(std::string& out, StreamPosition /*at*/, const StopRecord& record) override {
        out += "stop " + std::to_string(record.events) + "/" + std::to_string(record.lost) + "\n";
    }
};

/// The number of each event's claim.
class ClaimFormatter final : public Formatter {
  public:
    void append(std::string& out, StreamPosition /*at*/, const Event& event) override {
        out += std::to_string(event.claim) + ' ';
    }
    void append(std::string& /*out*/, StreamPosition /*at*/, const StartRecord& /*record*/) override {}
    void append(std::string& /*out*/, StreamPosition /*at*/, const LostRecord& /*record*/) override {}
    void append(std::string& /*out*/, StreamPosition /*at*/, const StopRecord& /*record*/) override {}
};

class TestTarget final : public Target {
  public:
    TestTarget(std::string& written, Result<WriteStatus> answer)
        : written_(written), answer_(std::move(answer)) {}
    Result<WriteStatus> write(std::string_view lines) override {
        written_ += lines;
        return answer_;
    }

  private:
    std::string& written_;
    Result<WriteStatus> answer_;
};

class TestHost final : public Host {
  public:
    std::optional<std::string> user_name(std::uint32_t /*uid*/) override { return "somebody"; }
    std::optional<std::vector<std::string>> args_of(std::uint32_t /*pid*/, std::int64_t /*start*/) override {
        return std::nullopt;
    }
};

class PipelineTest : public testing::Test {
  protected:
    void add_sink(std::string& memory, Result<WriteStatus> answer = WriteStatus::ok,
                  std::unique_ptr<Formatter> formatter = std::make_unique<WordFormatter>()) {
        sinks_.push_back(std::make_unique<Sink>(std::move(formatter),
                                                std::make_unique<TestTarget>(memory, std::move(answer))));
    }
    Pipeline& make(Filters filters = {}, std::optional<std::uint64_t> count = std::nullopt) {
        return pipeline_.emplace(std::move(filters), enricher_, std::move(sinks_), count);
    }
    static std::vector<std::byte> bind(std::uint64_t lost = 0) {
        RecordBuilder builder;
        builder.with_process("server\0"s, "", "server\0"s);
        builder.record.lost = lost;
        return builder.bytes();
    }

    std::string written;

  private:
    TestHost host_;
    Enricher enricher_{host_};
    std::vector<std::unique_ptr<Sink>> sinks_;
    std::optional<Pipeline> pipeline_;
};

TEST_F(PipelineTest, TellsALossAtItsPlace) {
    add_sink(written);
    Pipeline& pipeline = make();
    pipeline.start("1", "cgroup");
    EXPECT_TRUE(pipeline.take(bind()));
    EXPECT_TRUE(pipeline.take(bind(3)));
    EXPECT_TRUE(pipeline.take(bind(3)));
    pipeline.note_lost(5);
    pipeline.stop();
    EXPECT_EQ(written, "start\nbind!\nlost 3\nbind!\nbind!\nlost 2\nstop 3/5\n");
}

TEST_F(PipelineTest, TellsALossCpuByCpu) {
    add_sink(written);
    Pipeline& pipeline = make();
    std::vector<bw_loss> cpus{{{0, 1, 0, 2}}, {}, {{1, 0, 0, 0}}};
    pipeline.set_losses([&] { return std::span<const bw_loss>(cpus); });
    EXPECT_TRUE(pipeline.take(bind(3))); // the kernel has counted one more since
    EXPECT_TRUE(pipeline.take(bind(4)));
    cpus[1].count[BW_EVENT_LISTEN] = 1;
    pipeline.note_lost(5);
    pipeline.stop();
    EXPECT_EQ(written, "lost 3 on 0\nlost 1 on 2\nbind!\nbind!\nlost 1 on 1\nstop 2/5\n");
}

TEST_F(PipelineTest, CountsARecordThatCannotBeRead) {
    add_sink(written);
    Pipeline& pipeline = make();
    EXPECT_TRUE(pipeline.take(std::vector<std::byte>(8)));
    EXPECT_TRUE(pipeline.take(bind(2)));
    pipeline.stop();
    EXPECT_EQ(written, "lost 1\nlost 2\nbind!\nstop 1/3\n");
}

TEST_F(PipelineTest, EndsAtTheCount) {
    add_sink(written);
    Pipeline& pipeline = make({}, 2);
    EXPECT_TRUE(pipeline.take(bind()));
    EXPECT_FALSE(pipeline.take(bind()));
    EXPECT_FALSE(pipeline.running());
    EXPECT_FALSE(pipeline.failed());
}

TEST_F(PipelineTest, AnOutputThatFailsDoesNotStopTheOthers) {
    std::string broken;
    add_sink(broken, fail(ExitCode::failure, "cannot write to x: No space left on device"));
    add_sink(written);
    Pipeline& pipeline = make();
    pipeline.start("1", "cgroup");
    EXPECT_TRUE(pipeline.take(bind()));
    pipeline.stop();
    EXPECT_TRUE(pipeline.failed());
    EXPECT_EQ(written, "start\nbind!\nstop 1/0\n");
}

TEST_F(PipelineTest, AReaderThatHasGoneEndsQuietly) {
    add_sink(written, WriteStatus::closed);
    Pipeline& pipeline = make();
    pipeline.start("1", "cgroup");
    EXPECT_FALSE(pipeline.running());
    EXPECT_FALSE(pipeline.failed());
}

TEST_F(PipelineTest, AClaimHasItsNumberUntilItsEnd) {
    add_sink(written, WriteStatus::ok, std::make_unique<ClaimFormatter>());
    Pipeline& pipeline = make();
    const auto take = [&](std::uint8_t event, std::uint64_t since, std::uint8_t flags = 0) {
        RecordBuilder builder;
        builder.with_process("server\0"s, "", "server\0"s);
        builder.record.event = event;
        builder.record.flags = static_cast<std::uint8_t>(builder.record.flags | flags);
        builder.record.holder.since = since;
        EXPECT_TRUE(pipeline.take(builder.bytes()));
    };
    take(BW_EVENT_BIND, 1);
    take(BW_EVENT_LISTEN, 1);
    take(BW_EVENT_BIND, 2);    // the number is the next one's already
    take(BW_EVENT_RELEASE, 1); // and only now the first one's end
    take(BW_EVENT_RELEASE, 2);
    take(BW_EVENT_BIND, 3, BW_NOT_KEPT);
    pipeline.stop();
    EXPECT_EQ(written, "77 77 77 0 77 0 ");
}

TEST_F(PipelineTest, AFilterSeesTheWholeEvent) {
    add_sink(written);
    Filters filters;
    filters.statuses = {Status::assigned};
    Pipeline& pipeline = make(std::move(filters));
    EXPECT_TRUE(pipeline.take(bind()));
    pipeline.stop();
    EXPECT_EQ(written, "stop 0/0\n") << "1683 is unassigned";
}

} // namespace
} // namespace bindwatch
