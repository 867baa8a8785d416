// SPDX-License-Identifier: Apache-2.0
#include "cli/lookup.hpp"
#include "util/cgroup_mount.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace bindwatch {
namespace {

namespace fs = std::filesystem;

/// A directory that stands for /proc.
class FakeProc : public testing::Test {
  protected:
    void SetUp() override { fs::create_directories(root_ / "self"); }
    void TearDown() override { fs::remove_all(root_); }

    void mountinfo(std::string_view text) const { std::ofstream(root_ / "self/mountinfo") << text; }
    [[nodiscard]] SystemLookup lookup() const { return SystemLookup(root_.string()); }

  private:
    fs::path root_ = fs::path(testing::TempDir()) / ("bindwatch-proc-" + std::to_string(::getpid()));
};

TEST_F(FakeProc, WithoutCgroup2TheKernelIsToBlame) {
    mountinfo("21 27 0:5 / /proc rw - proc proc rw\n");
    const auto ref = lookup().cgroup("system.slice");
    ASSERT_FALSE(ref);
    EXPECT_EQ(ref.error().code, ExitCode::kernel);
}

TEST_F(FakeProc, ADirectoryThatIsNoCgroupIsRefused) {
    mountinfo("1 0 0:1 / " + testing::TempDir() + " rw - cgroup2 none rw\n");
    fs::create_directories(fs::path(testing::TempDir()) / "no-cgroup");
    for (const auto* word : {"no-cgroup", "/no-cgroup", "missing", "../..", "/etc", ""}) {
        const auto ref = lookup().cgroup(word);
        ASSERT_FALSE(ref) << word;
        EXPECT_EQ(ref.error().code, ExitCode::usage);
        EXPECT_NE(ref.error().message.find("'" + std::string(word) + "'"), std::string::npos);
    }
}

class RealCgroups : public testing::Test {
  protected:
    void SetUp() override {
        std::ifstream file("/proc/self/mountinfo");
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const auto mount = find_cgroup_mount(text);
        if (!mount || mount->root != "/") {
            GTEST_SKIP() << "no cgroup2 hierarchy is mounted here";
        }
        point = mount->point;
        // As root a cgroup of our own, so that there is one; anyone else takes one that is there.
        const std::string own = "bindwatch-unit-" + std::to_string(::getpid());
        if (std::error_code error; fs::create_directory(point + '/' + own, error)) {
            child = own;
            made = true;
            return;
        }
        for (const auto& entry : fs::directory_iterator(point)) {
            if (entry.is_directory() && entry.path().filename().native().find('\\') == std::string::npos) {
                child = entry.path().filename();
            }
        }
    }
    void TearDown() override {
        if (made) {
            ::rmdir((point + '/' + child).c_str());
        }
    }

    [[nodiscard]] static std::uint64_t inode(const std::string& path) {
        struct stat status {};
        EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
        return status.st_ino;
    }

    std::string point;
    std::string child;
    bool made = false;
    SystemLookup lookup;
};

TEST_F(RealCgroups, TheRootByAnyName) {
    for (const std::string& word : {std::string("/"), point, point + "/", std::to_string(inode(point))}) {
        const auto ref = lookup.cgroup(word);
        ASSERT_TRUE(ref) << word << ": " << ref.error().message;
        EXPECT_EQ(ref->id, inode(point));
        EXPECT_EQ(ref->path, "/");
    }
}

TEST_F(RealCgroups, AChildByAnyName) {
    if (child.empty()) {
        GTEST_SKIP() << "no cgroup below the root";
    }
    const std::uint64_t id = inode(point + '/' + child);
    for (const std::string& word :
         {"/" + child, "./" + child + "/", point + '/' + child, child + "/../" + child, std::to_string(id)}) {
        const auto ref = lookup.cgroup(word);
        ASSERT_TRUE(ref) << word << ": " << ref.error().message;
        EXPECT_EQ(ref->id, id);
        EXPECT_EQ(ref->path, "/" + child);
    }
}

TEST_F(RealCgroups, MissingOnesAreNamed) {
    for (const auto* word : {"no-such-slice", "/no/such", "18446744073709551614", "cgroup.procs"}) {
        const auto ref = lookup.cgroup(word);
        ASSERT_FALSE(ref) << word;
        EXPECT_EQ(ref.error().code, ExitCode::usage);
        EXPECT_TRUE(ref.error().message.starts_with("'" + std::string(word) + "'")) << ref.error().message;
    }
}

TEST(UserLookup, ByName) {
    const SystemLookup lookup;
    EXPECT_EQ(lookup.user_id("root"), 0U);
    const auto missing = lookup.user_id("no-such-user");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ExitCode::usage);
    EXPECT_TRUE(missing.error().message.starts_with("'no-such-user' "));
    EXPECT_FALSE(lookup.user_id(""));
}

TEST(NetnsLookup, ByInodePathAndProcess) {
    struct stat status {};
    ASSERT_EQ(::stat("/proc/self/ns/net", &status), 0);
    const auto inode = static_cast<std::uint32_t>(status.st_ino);
    const SystemLookup lookup;
    EXPECT_EQ(lookup.netns(std::to_string(inode)), inode);
    EXPECT_EQ(lookup.netns("/proc/self/ns/net"), inode);
    EXPECT_EQ(lookup.netns(std::to_string(::getpid())), inode);
}

TEST(NetnsLookup, MissingOrOfAnotherKind) {
    const SystemLookup lookup;
    for (const auto* word :
         {"", "/no/such/netns", "/proc/self/ns/uts", "/dev/null", "/", "4194304", "4294967296"}) {
        const auto inode = lookup.netns(word);
        ASSERT_FALSE(inode) << word;
        EXPECT_EQ(inode.error().code, ExitCode::usage);
        EXPECT_TRUE(inode.error().message.starts_with("'" + std::string(word) + "'"))
            << inode.error().message;
    }
}

} // namespace
} // namespace bindwatch
