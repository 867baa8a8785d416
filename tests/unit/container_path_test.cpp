// SPDX-License-Identifier: Apache-2.0
#include "enrich/container_path.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace bindwatch {

// NOLINTNEXTLINE(readability-identifier-naming): the name that GoogleTest looks for
void PrintTo(const PathIdentity& identity, std::ostream* out) {
    *out << identity.runtime << " container '" << identity.id << "', pod '" << identity.pod_uid << "'";
}

namespace {

const std::string id_a(64, 'a');                                // NOLINT(cert-err58-cpp)
const std::string id_b(64, 'b');                                // NOLINT(cert-err58-cpp)
const std::string uid = "8712f785-1a3e-41ec-a00b-e2dcc77431cb"; // NOLINT(cert-err58-cpp)

struct Row {
    std::string path;
    std::string runtime;
    PathIdentity identity;
};

/// tests/data/cgroup_paths.tsv: path, runtime, container_id, pod_uid, where it was seen, note.
std::vector<Row> known_paths() {
    std::ifstream file(BINDWATCH_TEST_DATA "/cgroup_paths.tsv");
    std::vector<Row> rows;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        Row row;
        std::getline(fields, row.path, '\t');
        std::getline(fields, row.runtime, '\t');
        std::getline(fields, row.identity.id, '\t');
        std::getline(fields, row.identity.pod_uid, '\t');
        rows.push_back(row);
    }
    return rows;
}

constexpr std::size_t paths_known = 58;

TEST(ContainerPath, IdentifiesEveryKnownPath) {
    auto rows = known_paths();
    ASSERT_EQ(rows.size(), paths_known);
    for (Row& row : rows) {
        row.identity.runtime = row.runtime;
        EXPECT_EQ(identify_path(row.path), row.identity) << row.path;
    }
}

/// What a process may be below its container, and what the container may be below: systemd in a container, a
/// cgroup root of the kubelet's own, a shell's trailing slash.
TEST(ContainerPath, DoesNotDependOnWhatIsAroundOrBelow) {
    for (Row& row : known_paths()) {
        if (row.identity.id.empty()) {
            continue;
        }
        row.identity.runtime = row.runtime;
        EXPECT_EQ(identify_path(row.path + "/init.scope"), row.identity) << row.path;
        EXPECT_EQ(identify_path(row.path + "/system.slice/ssh.service"), row.identity) << row.path;
        EXPECT_EQ(identify_path(row.path + "//"), row.identity) << row.path;
        EXPECT_EQ(identify_path("/outer.slice/inner" + row.path), row.identity) << row.path;
        EXPECT_EQ(identify_path("…" + row.path), row.identity) << row.path;
    }
}

TEST(ContainerPath, TakesTheInnermostContainer) {
    const std::string pod = "/kubepods/burstable/pod" + uid;
    const PathIdentity docker_in_pod{.id = id_b, .runtime = "docker", .pod_uid = uid};
    EXPECT_EQ(identify_path(pod + "/" + id_a + "/docker/" + id_b), docker_in_pod);
    const PathIdentity docker_in_lxc{.id = id_b, .runtime = "docker"};
    EXPECT_EQ(identify_path("/lxc.payload.web/system.slice/docker-" + id_b + ".scope"), docker_in_lxc);
}

TEST(ContainerPath, GivesASupervisorTheContainerThatItRunsInItself) {
    const std::string node = "/docker/" + id_a;
    const PathIdentity node_alone{.id = id_a, .runtime = "docker"};
    EXPECT_EQ(identify_path(node + "/libpod-conmon-" + id_b + ".scope"), node_alone);
    EXPECT_EQ(identify_path(node + "/lxc.monitor.web"), node_alone);
    EXPECT_EQ(identify_path("/lxc/lxc.monitor.web"), PathIdentity{});
    EXPECT_EQ(identify_path("/machine.slice/systemd-nspawn@web.service/supervisor"), PathIdentity{});
}

TEST(ContainerPath, KnowsRuntimesBeyondTheTable) {
    const auto expect = [](std::string_view path, std::string_view runtime, std::string_view id) {
        const PathIdentity expected{.id = std::string(id), .runtime = runtime};
        EXPECT_EQ(identify_path(path), expected) << path;
    };
    expect(R"(/machine.slice/systemd-nspawn@my\x2dweb.service/payload/init.scope)", "systemd-nspawn",
           "my-web");
    expect("/machine.slice/machine-web.scope/payload", "systemd-nspawn", "web");
    expect("/lxc.payload/web", "lxc", "web");
    expect("/lxc/100/ns/init.scope", "lxc", "100");
    expect("/ecs/cluster/0123456789abcdef0123456789abcdef/" + id_a, "ecs", id_a);
}

TEST(ContainerPath, IsNotDeceivedByWhatOnlyLooksLikeOne) {
    for (const std::string& path : std::vector<std::string>{"",
                                                            "/",
                                                            "//",
                                                            "no/slash/in/front",
                                                            "/" + id_a,
                                                            "/somewhere/" + id_a,
                                                            "/docker/" + id_a.substr(1),
                                                            "/docker/" + id_a + "0",
                                                            "/docker/" + id_a.substr(1) + "g",
                                                            "/docker-" + id_a + ".scope.d",
                                                            "/docker-" + id_a + ".mount",
                                                            "/xdocker-" + id_a,
                                                            "/docker-" + id_a + "-docker",
                                                            "/docker_" + id_a + ".scope",
                                                            "/x.slice:docker:" + id_a + ":",
                                                            "/lxc",
                                                            "/lxc.payload.",
                                                            "/lxc/..",
                                                            R"(/machine-lxc\x2d.scope)",
                                                            R"(/machine-qemu\x2d1\x2dvm.scope)",
                                                            "/machine-web.scope",
                                                            "/payload",
                                                            "/ecs/0123456789abcdef0123456789abcdef-",
                                                            "/0123456789abcdef0123456789abcdef-1"}) {
        EXPECT_EQ(identify_path(path), PathIdentity{}) << path;
    }
}

TEST(ContainerPath, ReadsThePodOfEveryForm) {
    const std::string underscored = "8712f785_1a3e_41ec_a00b_e2dcc77431cb";
    const std::string guaranteed = "/kubepods.slice/kubepods-pod" + underscored + ".slice";
    std::string burstable = "/kubepods.slice/kubepods-burstable-pod" + underscored + ".slice";
    burstable.append("/crio-conmon-").append(id_a).append(".scope");
    for (const std::string& path : {"/kubepods/pod" + uid, guaranteed, burstable}) {
        EXPECT_EQ(identify_path(path).pod_uid, uid) << path;
    }
    for (const std::string& path :
         std::vector<std::string>{"/kubepods/" + uid, "/kubepods/tripod" + uid, "/kubepods/pod" + uid + "0",
                                  "/kubepods/pod8712f785-1a3e-41ec-a00b_e2dcc77431cX", "/pod"}) {
        EXPECT_EQ(identify_path(path).pod_uid, "") << path;
    }
}

/// The names of cgroups are whatever those who may make them like.
TEST(ContainerPath, SurvivesAnyBytes) {
    const std::array<std::string, 14> pieces{
        "/",     "docker", "-",      ":", id_a, "lxc",      "\\x",
        "\\x2d", "pod",    ".scope", uid, ".",  "\xff\x1b", std::string(1, '\0')};
    std::uint32_t state = 1683;
    for (int round = 0; round < 10000; ++round) {
        std::string path;
        for (int piece = 0; piece < 12; ++piece) {
            state = state * 1664525U + 1013904223U;
            path += pieces[(state >> 16U) % pieces.size()];
        }
        const PathIdentity identity = identify_path(path);
        EXPECT_EQ(identity.id.empty(), identity.runtime.empty()) << path;
    }
    EXPECT_EQ(identify_path(std::string(1U << 16U, '/')), PathIdentity{});
    std::string deep;
    for (int level = 0; level < 100; ++level) {
        deep += "/" + id_a;
    }
    EXPECT_EQ(identify_path(deep), PathIdentity{});
    EXPECT_EQ(identify_path("/lxc/a\nb").id, "a\nb");
}

} // namespace
} // namespace bindwatch
