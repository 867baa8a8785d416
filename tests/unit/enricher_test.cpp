// SPDX-License-Identifier: Apache-2.0
#include "enrich/enricher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bindwatch {
namespace {

using testing::Return;

class MockHost : public Host {
  public:
    MOCK_METHOD(std::optional<std::string>, user_name, (std::uint32_t), (override));
    MOCK_METHOD(std::optional<std::vector<std::string>>, args_of, (std::uint32_t, std::int64_t), (override));
};

const std::string id(64, 'a'); // NOLINT(cert-err58-cpp)

Event in_cgroup(std::string path) {
    Event event;
    event.process.emplace().uid = 33;
    event.cgroup = Cgroup{231, std::move(path)};
    return event;
}

class EnricherTest : public testing::Test {
  protected:
    Event enriched(Event event, const Decoded& decoded = {.complete = true}) {
        enricher_.enrich(decoded, event);
        return event;
    }
    testing::NiceMock<MockHost> host;

  private:
    Enricher enricher_{host};
};

TEST_F(EnricherTest, NamesTheUser) {
    EXPECT_CALL(host, user_name(33)).WillOnce(Return("www-data"));
    EXPECT_EQ(enriched(in_cgroup("/")).process->user, "www-data");
}

TEST_F(EnricherTest, TakesArgsFromTheHostIfTheKernelHadNone) {
    EXPECT_CALL(host, args_of).WillOnce(Return(std::vector<std::string>{"server"}));
    EXPECT_EQ(enriched(in_cgroup("/"), {.complete = true, .args_missing = true}).process->args->front(),
              "server");
}

TEST_F(EnricherTest, FindsTheContainer) {
    const Event event = enriched(in_cgroup("/kubepods/pod" + std::string(32, '1') + "/crio-" + id));
    ASSERT_TRUE(event.container);
    EXPECT_EQ(event.container->id, id);
    EXPECT_EQ(event.container->runtime, "cri-o");
    EXPECT_EQ(event.container->pod_uid, std::string(32, '1'));
    EXPECT_EQ(event.container->name, std::nullopt);
}

TEST_F(EnricherTest, FindsTheContainerInCgroupV1WhereV2SaysNothing) {
    const Decoded decoded{.complete = true, .cgroup_v1 = {"/system.slice", "/docker/" + id, "/lxc/web"}};
    const Event event = enriched(in_cgroup("/"), decoded);
    ASSERT_TRUE(event.container);
    EXPECT_EQ(event.container->id, id);
    EXPECT_EQ(event.cgroup->path, "/");
    EXPECT_EQ(enriched(in_cgroup("/lxc.payload.db"), decoded).container->id, "db");
}

/// A pod's conmon: the pod is known, and there is no container to name.
TEST_F(EnricherTest, APodAloneIsNoContainer) {
    const Event event = enriched(in_cgroup("/kubepods/pod" + std::string(32, '1') + "/crio-conmon-" + id));
    EXPECT_FALSE(event.container);
}

TEST_F(EnricherTest, LeavesNothingOfTheContainerBefore) {
    Event event = enriched(in_cgroup("/kubepods/pod" + std::string(32, '1') + "/crio-" + id));
    event.cgroup->path = "/docker/" + id;
    event = enriched(event);
    EXPECT_EQ(event.container->runtime, "docker");
    EXPECT_EQ(event.container->pod_uid, std::nullopt);
    event.cgroup->path = "/";
    EXPECT_FALSE(enriched(event).container);
}

} // namespace
} // namespace bindwatch
