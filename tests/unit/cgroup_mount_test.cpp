// SPDX-License-Identifier: Apache-2.0
#include "util/cgroup_mount.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace bindwatch {
namespace {

constexpr std::string_view hybrid = R"(21 27 0:5 / /proc rw - proc proc rw
30 24 0:26 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs ro
31 30 0:27 / /sys/fs/cgroup/unified rw,nosuid shared:9 master:2 - cgroup2 cgroup2 rw,nsdelegate
32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
)";

/// An absent mount has no name that a test expects.
CgroupMount found_in(std::string_view mountinfo) {
    return find_cgroup_mount(mountinfo).value_or(CgroupMount{});
}

TEST(CgroupMount, FoundByItsTypeWhereverItIs) {
    const CgroupMount mount = found_in(hybrid);
    EXPECT_EQ(mount.point, "/sys/fs/cgroup/unified");
    EXPECT_EQ(mount.root, "/");
}

TEST(CgroupMount, TheWholeHierarchyIsPreferred) {
    const CgroupMount mount = found_in("1 0 0:1 /a /mnt/a rw - cgroup2 none rw\n"
                                       "2 0 0:1 / /mnt/all rw - cgroup2 none rw\n"
                                       "3 0 0:1 / /mnt/again rw - cgroup2 none rw\n");
    EXPECT_EQ(mount.point, "/mnt/all");
}

TEST(CgroupMount, AMountOfAPartWillDo) {
    const CgroupMount mount = found_in("1 0 0:1 /a /mnt/a rw - cgroup2 none rw");
    EXPECT_EQ(mount.root, "/a");
}

TEST(CgroupMount, EscapesOfTheKernelAreUndone) {
    const CgroupMount mount = found_in("1 0 0:1 / /my\\040cgroup\\134x\\9 rw - cgroup2 none rw\n");
    EXPECT_EQ(mount.point, "/my cgroup\\x\\9");
}

/// A container that has the host's hierarchy mounted beside its own.
TEST(CgroupMount, InACgroupNamespaceTheRootOfAllIsOutsideIt) {
    const CgroupMount mount = found_in("1 0 0:1 / /sys/fs/cgroup rw - cgroup2 none rw\n"
                                       "2 0 0:1 /.. /mnt/parent rw - cgroup2 none rw\n"
                                       "3 0 0:1 /../.. /host/cgroup rw - cgroup2 none rw\n"
                                       "4 0 0:1 /../../system.slice /mnt/part rw - cgroup2 none rw\n");
    EXPECT_EQ(mount.point, "/host/cgroup");
    EXPECT_EQ(mount.root, "/");
    EXPECT_EQ(found_in("1 0 0:1 /../web /mnt/a rw - cgroup2 none rw\n").root, "/../web");
}

TEST(CgroupMount, NoneOrGarbageIsNull) {
    EXPECT_FALSE(find_cgroup_mount(""));
    EXPECT_FALSE(find_cgroup_mount("\n\n - \n - cgroup\n1 2 3 - cgroup2x none rw\n"));
    EXPECT_FALSE(find_cgroup_mount("1 0 0:1 / /sys/fs/cgroup rw - cgroup cgroup2 rw\n"));
}

} // namespace
} // namespace bindwatch
