// SPDX-License-Identifier: Apache-2.0
#include "sinks/open_sink.hpp"
#include "sinks/target.hpp"
#include "support/sample_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace bindwatch {
namespace {

using testing::HasSubstr;

class TargetTest : public testing::Test {
  protected:
    void SetUp() override {
        ::signal(SIGPIPE, SIG_IGN);
        std::string name = testing::TempDir() + "bindwatch-XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        directory = name;
    }
    void TearDown() override { std::filesystem::remove_all(directory); }

    [[nodiscard]] std::string path(const char* name) const { return directory / name; }
    static std::string content(const std::string& path) {
        std::ostringstream out;
        out << std::ifstream(path).rdbuf();
        return out.str();
    }

    std::filesystem::path directory;
};

struct Pipe {
    UniqueFd reader;
    UniqueFd writer;
};

Pipe make_pipe(int flags) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    EXPECT_EQ(::fcntl(ends[1], F_SETFL, flags), 0);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

TEST_F(TargetTest, AppendsToAFileThatIsThere) {
    std::ofstream(path("log")) << "old\n";
    auto target = FileTarget::open(path("log"));
    ASSERT_TRUE(target);
    EXPECT_EQ((*target)->write("new\n"), WriteStatus::ok);
    EXPECT_EQ(content(path("log")), "old\nnew\n");
    EXPECT_EQ((*target)->terminal_width(), 0U);
}

TEST_F(TargetTest, MakesAFileThatOthersCannotRead) {
    const mode_t before = ::umask(0);
    ASSERT_TRUE(FileTarget::open(path("log")));
    ::umask(before);
    struct stat status {};
    ASSERT_EQ(::stat(path("log").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0640U);
}

TEST_F(TargetTest, NamesAFileThatCannotBeOpened) {
    const auto target = FileTarget::open(path("no-such/log"));
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().code, ExitCode::usage);
    EXPECT_EQ(target.error().message, "cannot open " + path("no-such/log") + ": No such file or directory");
    EXPECT_THAT(FileTarget::open(path("a\x1b/log")).error().message, HasSubstr("a\\x1b/log"));
}

TEST_F(TargetTest, ReopensARotatedFile) {
    auto target = FileTarget::open(path("log"));
    ASSERT_TRUE(target);
    EXPECT_EQ((*target)->write("1\n"), WriteStatus::ok);
    std::filesystem::rename(path("log"), path("log.1"));
    EXPECT_EQ((*target)->write("2\n"), WriteStatus::ok);
    ASSERT_TRUE((*target)->reopen());
    EXPECT_EQ((*target)->write("3\n"), WriteStatus::ok);
    EXPECT_EQ(content(path("log.1")), "1\n2\n");
    EXPECT_EQ(content(path("log")), "3\n");
}

TEST_F(TargetTest, KeepsTheOldFileWhenTheNewOneCannotBeOpened) {
    std::filesystem::create_directory(path("d"));
    auto target = FileTarget::open(path("d/log"));
    ASSERT_TRUE(target);
    std::filesystem::rename(path("d"), path("e"));
    const Result<void> reopened = (*target)->reopen();
    ASSERT_FALSE(reopened);
    EXPECT_THAT(reopened.error().message, HasSubstr("cannot open " + path("d/log")));
    EXPECT_EQ((*target)->write("kept\n"), WriteStatus::ok);
    EXPECT_EQ(content(path("e/log")), "kept\n");
}

TEST_F(TargetTest, AFullDeviceIsAFailureThatNamesIt) {
    auto target = FileTarget::open("/dev/full");
    ASSERT_TRUE(target);
    const auto written = (*target)->write("x\n");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ExitCode::failure);
    EXPECT_EQ(written.error().message, "cannot write to /dev/full: No space left on device");
}

TEST_F(TargetTest, AClosedDescriptorIsAFailure) {
    FdTarget target(-1, "stdout");
    EXPECT_EQ(target.write("x\n").error().message, "cannot write to stdout: Bad file descriptor");
    EXPECT_EQ(target.write(""), WriteStatus::ok);
}

TEST_F(TargetTest, AReaderThatHasGoneIsNoFailure) {
    Pipe pipe = make_pipe(0);
    FdTarget target(pipe.writer.get(), "stdout");
    pipe.reader.reset();
    EXPECT_EQ(target.write("x\n"), WriteStatus::closed);
}

// More than a pipe holds, into a pipe that answers EAGAIN: short writes and waits.
TEST_F(TargetTest, WritesEverythingToANonBlockingPipe) {
    Pipe pipe = make_pipe(O_NONBLOCK);
    std::string lines;
    while (lines.size() < 1'000'000) {
        lines += std::to_string(lines.size()) + '\n';
    }
    std::string read;
    std::thread reader([&] {
        std::array<char, 5000> part{};
        for (ssize_t got = 0; (got = ::read(pipe.reader.get(), part.data(), part.size())) > 0;) {
            read.append(part.data(), static_cast<std::size_t>(got));
        }
    });
    FdTarget target(pipe.writer.get(), "stdout");
    EXPECT_EQ(target.write(lines), WriteStatus::ok);
    pipe.writer.reset();
    reader.join();
    EXPECT_EQ(read, lines);
}

TEST_F(TargetTest, ASinkNumbersAndBatchesLines) {
    auto sink = open_sink({.format = Format::json, .path = path("log")}, ColorMode::automatic, {.host = "h"});
    ASSERT_TRUE(sink);
    ASSERT_EQ((*sink)->append(StartRecord{}), WriteStatus::ok);
    ASSERT_EQ((*sink)->append(sample::bind_1683()), WriteStatus::ok);
    EXPECT_EQ(content(path("log")), "");
    ASSERT_EQ((*sink)->flush(), WriteStatus::ok);
    const std::string first = content(path("log"));
    EXPECT_THAT(first, HasSubstr("\"seq\":1,"));
    EXPECT_THAT(first, HasSubstr("\n{\"schema\":\"bindwatch/1\",\"seq\":2,"));
    ASSERT_EQ((*sink)->flush(), WriteStatus::ok);
    EXPECT_EQ(content(path("log")), first);
    for (int i = 0; i < 60; ++i) {
        ASSERT_EQ((*sink)->append(sample::bind_1683()), WriteStatus::ok);
    }
    EXPECT_GT(content(path("log")).size(), 64U << 10U) << "a full batch is written without being asked for";
    EXPECT_EQ(content(path("log")).back(), '\n');
}

TEST_F(TargetTest, ASinkPassesOnWhatItsTargetSays) {
    auto full = open_sink({.format = Format::text, .path = "/dev/full"}, ColorMode::automatic, {.host = "h"});
    ASSERT_TRUE(full);
    ASSERT_TRUE((*full)->append(sample::bind_1683()));
    EXPECT_THAT((*full)->flush().error().message, HasSubstr("/dev/full"));
    EXPECT_EQ((*full)->flush(), WriteStatus::ok) << "what could not be written is not kept";
    EXPECT_EQ(open_sink({.path = path("no-such/log")}, ColorMode::never, {.host = "h"}).error().code,
              ExitCode::usage);
}

TEST_F(TargetTest, AFileGetsColorOnlyWhenItMust) {
    const auto write = [this](ColorMode mode) {
        std::filesystem::remove(path("log"));
        auto sink = open_sink({.format = Format::text, .path = path("log")}, mode, {.host = "h"});
        EXPECT_TRUE((*sink)->append(sample::bind_1683()) && (*sink)->flush());
        return content(path("log")).find('\x1b') != std::string::npos;
    };
    EXPECT_FALSE(write(ColorMode::automatic));
    EXPECT_FALSE(write(ColorMode::never));
    EXPECT_TRUE(write(ColorMode::always));
}

} // namespace
} // namespace bindwatch
