// SPDX-License-Identifier: Apache-2.0
#include "decode/decoder.hpp"
#include "support/record_builder.hpp"

#include <bindwatch/names.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace bindwatch {
namespace {

using sample::RecordBuilder;
using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t boot_to_real = 1'000'000'000'000;

Event decoded(RecordBuilder& builder) {
    Event event;
    const auto bytes = builder.bytes();
    const auto result = decode(bytes, boot_to_real, event);
    EXPECT_TRUE(result) << result.error();
    return event;
}

TEST(Decoder, ReadsABindWithAllItsFacts) {
    RecordBuilder builder;
    builder.with_process("nginx\0sbin\0usr\0"s, "nginx.service\0system.slice\0"s, "nginx\0-g\0daemon off;\0"s)
        .with_ancestor(50, "bash")
        .with_ancestor(1, "systemd");
    const Event event = decoded(builder);
    EXPECT_EQ(event.kind, EventKind::bind);
    EXPECT_EQ(event.time_ns, boot_to_real + 2'000'000'000);
    EXPECT_EQ(to_string(*event.address), "127.0.0.1");
    EXPECT_EQ(event.port, 1683U);
    EXPECT_EQ(event.requested_port, 1683U);
    ASSERT_TRUE(event.process);
    EXPECT_EQ(event.process->exe, "/usr/sbin/nginx");
    EXPECT_THAT(*event.process->args, ElementsAre("nginx", "-g", "daemon off;"));
    EXPECT_EQ(event.process->tid, 101U);
    EXPECT_EQ(event.process->uid, 33U);
    EXPECT_EQ(event.process->start_time_ns, boot_to_real + 1'000'000'000);
    EXPECT_THAT(event.process->ancestors, ElementsAre(Ancestor{50, "bash"}, Ancestor{1, "systemd"}));
    EXPECT_EQ(event.cgroup->path, "/system.slice/nginx.service");
    EXPECT_EQ(event.socket.v6only, std::nullopt);
}

TEST(Decoder, ReadsThePathsOfCgroupV1) {
    const auto paths_of = [](std::string_view bytes) {
        RecordBuilder builder;
        builder.with_process("a\0"s, "", "a\0"s).with_cgroup_v1(bytes);
        Event event;
        const auto result = decode(builder.bytes(), boot_to_real, event);
        EXPECT_TRUE(result) << result.error();
        EXPECT_THAT(*event.process->args, ElementsAre("a"));
        return result ? result->cgroup_v1 : std::vector<std::string>{};
    };
    EXPECT_THAT(paths_of(""), ElementsAre());
    EXPECT_THAT(paths_of("web\0docker\0\0"s), ElementsAre("/docker/web"));
    EXPECT_THAT(paths_of("web\0docker\0\0x\0\0"s), ElementsAre("/docker/web", "/x"));
    EXPECT_THAT(paths_of("web\0docker\0"s), ElementsAre("/docker/web"));
    EXPECT_THAT(paths_of("\0\0"s), ElementsAre("/", "/"));
}

TEST(Decoder, LeavesNothingOfTheEventBefore) {
    RecordBuilder full;
    full.with_process("a\0"s, "b\0"s, "a\0one\0two\0"s).with_ancestor(1, "init");
    full.record.error = 98;
    Event event = decoded(full);
    event.alerts.push_back({});
    event.held_ns = 5;

    RecordBuilder bare;
    bare.record.event = BW_EVENT_RELEASE;
    bare.record.flags = BW_ADDRESS_KNOWN;
    const auto bytes = bare.bytes();
    const auto result = decode(bytes, boot_to_real, event);
    ASSERT_TRUE(result);
    EXPECT_FALSE(result->complete);
    EXPECT_EQ(result->bound_at_ns, boot_to_real + 2'000'000'000);
    EXPECT_FALSE(event.failed());
    EXPECT_EQ(event.requested_port, std::nullopt);
    EXPECT_TRUE(event.alerts.empty());
    EXPECT_EQ(event.held_ns, std::nullopt);
    ASSERT_TRUE(event.process);
    EXPECT_EQ(event.process->comm, "holder");
    EXPECT_EQ(event.process->args, std::nullopt);
    EXPECT_TRUE(event.process->ancestors.empty());
    EXPECT_EQ(event.cgroup, std::nullopt);
}

TEST(Decoder, KernelSocketHasNoProcess) {
    RecordBuilder builder;
    builder.record.holder = {};
    builder.record.socket.options = BW_SOCK_KERNEL;
    const Event event = decoded(builder);
    EXPECT_TRUE(event.socket.kernel);
    EXPECT_FALSE(event.process);
}

TEST(Decoder, AnAddressThatTheKernelNeverReadIsUnknown) {
    RecordBuilder builder;
    builder.record.flags = 0;
    builder.record.error = 22;
    const Event event = decoded(builder);
    EXPECT_EQ(event.address, std::nullopt);
    EXPECT_EQ(event.port, std::nullopt);
}

TEST(Decoder, SaysThatTheArgsAreMissingOrCut) {
    RecordBuilder builder;
    builder.with_process("a\0"s, "", "");
    builder.process.flags = BW_ARGS_MISSING | BW_EXE_TRUNCATED;
    Event event;
    const auto bytes = builder.bytes();
    const auto result = decode(bytes, boot_to_real, event);
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->args_missing);
    EXPECT_EQ(event.process->args, std::nullopt);
    EXPECT_EQ(event.process->exe, "…/a");
    EXPECT_EQ(event.cgroup->path, "/");
}

TEST(Decoder, KeepsEmptyArgumentsAndDropsThePaddingOfATitle) {
    RecordBuilder with_empty;
    with_empty.with_process("a\0"s, "", "a\0\0b\0\0"s);
    EXPECT_THAT(*decoded(with_empty).process->args, ElementsAre("a", "", "b", ""));
    RecordBuilder title;
    title.with_process("a\0"s, "", "nginx: master"s + std::string(40, '\0'));
    EXPECT_THAT(*decoded(title).process->args, ElementsAre("nginx: master"));
    RecordBuilder none;
    none.with_process("a\0"s, "", "");
    EXPECT_TRUE(decoded(none).process->args->empty());
}

TEST(Decoder, RefusesWhatIsNoRecord) {
    Event event;
    RecordBuilder builder;
    EXPECT_THAT(decode(std::vector<std::byte>(10), 0, event).error(), HasSubstr("shorter"));

    builder.record.version = BW_ABI_VERSION + 1;
    EXPECT_THAT(decode(builder.bytes(), 0, event).error(), HasSubstr("version"));
    builder.record.version = BW_ABI_VERSION;

    builder.record.event = 9;
    EXPECT_THAT(decode(builder.bytes(), 0, event).error(), HasSubstr("event kind 9"));
    builder.record.event = BW_EVENT_BIND;

    builder.record.socket.family = 999;
    EXPECT_THAT(decode(builder.bytes(), 0, event).error(), HasSubstr("family 999"));
}

TEST(Decoder, NeverReadsPastTheEnd) {
    RecordBuilder builder;
    builder.with_process("nginx\0sbin\0"s, "x.service\0"s, "nginx\0-g\0"s).with_ancestor(1, "init");
    const auto whole = builder.bytes();
    Event event;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        // A copy of its own, so that AddressSanitizer sees a read past its end.
        std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        EXPECT_FALSE(decode(cut, 0, event)) << length;
        if (length >= sizeof(bw_record)) {
            const auto claimed = static_cast<std::uint32_t>(length);
            std::memcpy(cut.data() + offsetof(bw_record, length), &claimed, sizeof(claimed));
            EXPECT_FALSE(decode(cut, 0, event)) << length;
        }
    }
}

TEST(Decoder, SurvivesBytesOfAnyKind) {
    RecordBuilder builder;
    builder.with_process("nginx\0sbin\0"s, "x.service\0"s, "nginx\0-g\0"s).with_ancestor(1, "init");
    const auto whole = builder.bytes();
    std::mt19937 random(1683); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
    Event event;
    for (int round = 0; round < 20'000; ++round) {
        auto bytes = whole;
        for (int change = 0; change < 4; ++change) {
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        }
        if (const auto result = decode(bytes, 0, event); !result) {
            EXPECT_FALSE(result.error().empty());
        }
    }
}

} // namespace
} // namespace bindwatch
