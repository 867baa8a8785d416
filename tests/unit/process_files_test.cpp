// SPDX-License-Identifier: Apache-2.0
#include "enrich/process_files.hpp"
#include "enrich/processes.hpp"

#include <bindwatch/event_abi.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace bindwatch {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;

/// A /proc of our own.
class ProcessFilesTest : public testing::Test {
  protected:
    ProcessFilesTest() {
        std::string name = testing::TempDir() + "bindwatch-proc-XXXXXX";
        proc = mkdtemp(name.data());
    }
    void TearDown() override { std::filesystem::remove_all(proc); }

    void write(std::uint32_t pid, const std::string& name, const std::string& text) {
        const auto directory = proc / std::to_string(pid);
        std::filesystem::create_directories(directory / "ns");
        std::ofstream(directory / name, std::ios::binary) << text;
    }
    void link(std::uint32_t pid, const std::string& name, const std::string& target) {
        write(pid, "comm", "");
        std::filesystem::create_symlink(target, proc / std::to_string(pid) / name);
    }
    /// Started `ticks` hundredths of a second after boot.
    void write_stat(std::uint32_t pid, const std::string& comm, std::uint32_t ppid, int ticks) {
        write(pid, "stat",
              std::to_string(pid) + " (" + comm + ") S " + std::to_string(ppid) +
                  " 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " + std::to_string(ticks) + " 12345 6\n");
    }

    std::filesystem::path proc;
};

TEST_F(ProcessFilesTest, ReadsStatWhateverTheCommIs) {
    for (const auto* const comm : {"server", "a) S 1", "(", ")", "new\nline", ""}) {
        write_stat(7, comm, 3, 250);
        EXPECT_EQ(ProcessFiles(proc.string(), 7).stat(),
                  (ProcessStat{.comm = comm, .ppid = 3, .start_ns = 2'500'000'000}));
    }
}

TEST_F(ProcessFilesTest, ReadsTheEffectiveIdsAndTheInnermostPid) {
    write(
        7, "status",
        "Name:\tserver\nUmask:\t0022\nUid:\t1000\t33\t1000\t1000\nGid:\t1000\t34\t5\t6\nNSpid:\t7\t21\t3\n");
    EXPECT_EQ(ProcessFiles(proc.string(), 7).status(), (ProcessStatus{.uid = 33, .gid = 34, .ns_pid = 3}));
    // A name cannot pose as a field: a newline in it is written as \n.
    write(8, "status", "Name:\tUid:\\n\nUid:\t1\t2\t3\t4\nGid:\t1\t2\t3\t4\nNSpid:\t8\n");
    EXPECT_EQ(ProcessFiles(proc.string(), 8).status(), (ProcessStatus{.uid = 2, .gid = 2, .ns_pid = 8}));
}

TEST_F(ProcessFilesTest, ReadsTheCgroupsOfBothVersions) {
    write(7, "cgroup", "12:cpu,cpuacct:/docker/abc\n1:name=systemd:/a:/b\n0::/system.slice/ssh.service\n");
    const auto cgroups = ProcessFiles(proc.string(), 7).cgroups();
    EXPECT_EQ(cgroups->path, "/system.slice/ssh.service");
    EXPECT_THAT(cgroups->v1, ElementsAre("/docker/abc", "/a:/b"));
}

TEST_F(ProcessFilesTest, ReadsArgsWithEmptyOnesAndOfAnySize) {
    write(7, "cmdline", "server\0\0-x\0"s);
    EXPECT_THAT(*ProcessFiles(proc.string(), 7).args(), ElementsAre("server", "", "-x"));
    write(8, "cmdline", std::string(100'000, 'a') + '\0');
    EXPECT_EQ(ProcessFiles(proc.string(), 8).args()->front().size(), 100'000U);
    write(9, "cmdline", "");
    EXPECT_EQ(ProcessFiles(proc.string(), 9).args(), std::nullopt);
}

TEST_F(ProcessFilesTest, ReadsWhatDescriptorsAProcessWasStartedWith) {
    const auto given = [&](const std::string& environment) {
        write(7, "environ", environment);
        return ProcessFiles(proc.string(), 7).activation();
    };
    EXPECT_EQ(given("HOME=/\0LISTEN_PID=7\0LISTEN_FDS=2\0"s), (Activation{.pid = 7, .count = 2}));
    EXPECT_EQ(given("XLISTEN_PID=7\0A=LISTEN_FDS=2\0"s), Activation{});
    EXPECT_EQ(given("LISTEN_PID=\0LISTEN_FDS=-1\0"s), Activation{});
    EXPECT_EQ(given("LISTEN_PID=99999999999\0LISTEN_FDS"s), Activation{});
    EXPECT_EQ(given(""), Activation{});
    EXPECT_EQ(ProcessFiles(proc.string(), 8).activation(), std::nullopt);
}

TEST_F(ProcessFilesTest, ReadsLinks) {
    link(7, "exe", "/usr/bin/server (deleted)");
    link(7, "ns/net", "net:[4026531840]");
    const ProcessFiles files(proc.string(), 7);
    EXPECT_EQ(files.exe(), "/usr/bin/server");
    EXPECT_EQ(files.namespace_of("net"), 4026531840U);
    EXPECT_EQ(files.namespace_of("pid"), std::nullopt);
}

TEST_F(ProcessFilesTest, KnowsNothingOfAProcessThatHasGone) {
    const ProcessFiles files(proc.string(), 7);
    EXPECT_FALSE(files.stat());
    EXPECT_FALSE(files.status());
    EXPECT_FALSE(files.cgroups());
    EXPECT_FALSE(files.args());
    EXPECT_FALSE(files.exe());
    EXPECT_FALSE(files.started_at(0));
}

TEST_F(ProcessFilesTest, SurvivesFilesOfAnyKind) {
    for (const auto* const text :
         {"", ")", "(", "7 (a", "7 (a)", "7 (a) S", "Uid:\t", "Uid:\t1", "Uid:\nGid:\nNSpid:\t"}) {
        for (const auto* const name : {"stat", "status", "cgroup", "cmdline"}) {
            write(7, name, text);
        }
        const ProcessFiles files(proc.string(), 7);
        EXPECT_FALSE(files.stat()) << text;
        EXPECT_FALSE(files.status()) << text;
        EXPECT_FALSE(files.cgroups()->path) << text;
        static_cast<void>(files.args());
    }
}

/// Boot was at the epoch.
class ProcessesTest : public ProcessFilesTest {
  protected:
    static Event event_of(std::uint32_t pid, std::int64_t start_time_ns) {
        Event event;
        event.process = Process{.pid = pid, .comm = "server", .uid = 33, .start_time_ns = start_time_ns};
        return event;
    }
    Processes processes() {
        return {[](std::uint32_t uid) { return std::optional("user" + std::to_string(uid)); }, 0, "",
                proc.string()};
    }
};

TEST_F(ProcessesTest, CompletesAProcess) {
    write_stat(7, "server", 3, 250);
    write_stat(3, "bash", 1, 20);
    write_stat(1, "systemd", 0, 1);
    write(7, "status", "Uid:\t33\t33\t33\t33\nGid:\t34\t34\t34\t34\nNSpid:\t7\t2\n");
    write(7, "cmdline", "server\0-x\0"s);
    const std::string id(64, 'a');
    write(7, "cgroup", "0::/system.slice/docker-" + id + ".scope\n");
    link(7, "exe", "/usr/bin/server");
    Event event = event_of(7, 2'500'000'000);
    processes().complete(event);
    EXPECT_EQ(event.process->user, "user33");
    EXPECT_EQ(event.process->ns_pid, 2U);
    EXPECT_EQ(event.process->exe, "/usr/bin/server");
    EXPECT_THAT(*event.process->args, ElementsAre("server", "-x"));
    EXPECT_THAT(event.process->ancestors, ElementsAre(Ancestor{3, "bash"}, Ancestor{1, "systemd"}));
    EXPECT_EQ(event.container->id, id);
    EXPECT_FALSE(event.cgroup) << "nowhere is cgroup2 mounted";
}

TEST_F(ProcessesTest, AnotherProcessWithThePidTellsNothing) {
    write_stat(7, "other", 3, 9'000);
    write(7, "cmdline", "other\0"s);
    write(7, "cgroup", "0::/system.slice/docker-" + std::string(64, 'a') + ".scope\n");
    Event event = event_of(7, 2'500'000'000);
    processes().complete(event);
    EXPECT_EQ(event.process->comm, "server");
    EXPECT_FALSE(event.process->args);
    EXPECT_FALSE(event.container);
}

TEST_F(ProcessesTest, ArgsAreCutAsTheKernelCutsThem) {
    write_stat(7, "server", 0, 250);
    write(7, "cmdline", std::string(3000, 'a') + '\0' + std::string(3000, 'b') + '\0');
    write(7, "cgroup", "0::/\n");
    Event event = event_of(7, 2'500'000'000);
    processes().complete(event);
    ASSERT_TRUE(event.process->args);
    EXPECT_EQ(event.process->args->at(0).size() + 1 + event.process->args->at(1).size(),
              std::size_t{BW_MAX_ARGS});
    EXPECT_TRUE(event.process->args_truncated);
}

Sharer sharer(std::uint32_t pid, int ticks, std::vector<std::uint32_t> fds) {
    return {.pid = pid, .comm = "server", .start_time_ns = ticks * 10'000'000LL, .fds = std::move(fds)};
}

TEST_F(ProcessesTest, TracesSharersToTheNearestAncestorAmongThem) {
    write_stat(1, "systemd", 0, 1);
    write_stat(7, "master", 1, 100);
    write_stat(8, "worker", 7, 200);
    write_stat(9, "shell", 8, 300); // has it not
    write_stat(10, "grandchild", 9, 400);
    write_stat(11, "stranger", 1, 500);
    Found found{
        .sharers = {sharer(7, 100, {6}), sharer(8, 200, {6}), sharer(10, 400, {6}), sharer(11, 500, {6})},
        .maker = Maker{.uid = 33}};
    processes().trace(found);
    EXPECT_EQ(found.maker->user, "user33");
    EXPECT_EQ(found.sharers[0].ancestor, std::nullopt);
    EXPECT_EQ(found.sharers[1].ancestor, 7U);
    EXPECT_TRUE(found.sharers[1].is_child);
    EXPECT_EQ(found.sharers[2].ancestor, 8U);
    EXPECT_FALSE(found.sharers[2].is_child);
    EXPECT_EQ(found.sharers[3].ancestor, std::nullopt);
    EXPECT_EQ(found.sharers[3].activated, std::nullopt) << "its environment cannot be read";
}

TEST_F(ProcessesTest, APidThatIsAnothersByNowIsNoAncestor) {
    write_stat(7, "other", 1, 9'000);
    write_stat(8, "worker", 7, 200);
    Found found{.sharers = {sharer(7, 100, {6}), sharer(8, 200, {6})}};
    processes().trace(found);
    EXPECT_EQ(found.sharers[0].activated, std::nullopt);
    EXPECT_EQ(found.sharers[1].ancestor, std::nullopt);
}

TEST_F(ProcessesTest, AnActivatedProcessHasTheSocketWhereItWasGivenIt) {
    const auto activated = [&](const std::string& environment, std::uint32_t fd) {
        write_stat(7, "server", 1, 100);
        write(7, "status", "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nNSpid:\t7\t2\n");
        write(7, "environ", environment);
        Found found{.sharers = {sharer(7, 100, {fd})}};
        processes().trace(found);
        return found.sharers[0].activated;
    };
    EXPECT_EQ(activated("LISTEN_PID=2\0LISTEN_FDS=1\0"s, 3), true);
    EXPECT_EQ(activated("LISTEN_PID=2\0LISTEN_FDS=1\0"s, 4), false);
    EXPECT_EQ(activated("LISTEN_PID=2\0LISTEN_FDS=4294967295\0"s, 2), false);
    EXPECT_EQ(activated("LISTEN_PID=7\0LISTEN_FDS=1\0"s, 3), false) << "inside it has another pid";
    EXPECT_EQ(activated("", 3), false);
}

TEST_F(ProcessesTest, AKernelSocketHasNothingToComplete) {
    Event event;
    processes().complete(event);
    EXPECT_FALSE(event.process);
}

} // namespace
} // namespace bindwatch
