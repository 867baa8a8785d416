// SPDX-License-Identifier: Apache-2.0
#include "kernel/preemption.hpp"

#include <gtest/gtest.h>

#include <string>

namespace bindwatch {
namespace {

constexpr const char* dynamic = "#1 SMP PREEMPT_DYNAMIC Debian 7.3.4-1~bpo13+1 (2026-11-15)";

Preemption model(const PreemptionFacts& facts) {
    return preemption_model(facts).preemption;
}

TEST(Preemption, TheModelInBracketsIsInForce) {
    EXPECT_EQ(model({.debugfs = "none (voluntary) full \n", .version = dynamic}), Preemption::voluntary);
    EXPECT_EQ(model({.debugfs = "(none) voluntary full \n", .version = dynamic}), Preemption::none);
    EXPECT_EQ(model({.debugfs = "full (lazy) \n", .version = dynamic}), Preemption::lazy);
    EXPECT_EQ(model({.debugfs = "(full) lazy \n", .version = dynamic}), Preemption::full);
}

TEST(Preemption, DebugfsIsBelievedBeforeTheCommandLine) {
    // Whoever writes to the file changes the model while the kernel runs.
    EXPECT_EQ(model({.debugfs = "none (voluntary) full", .version = dynamic, .command_line = "preempt=full"}),
              Preemption::voluntary);
}

TEST(Preemption, WhatCannotBeReadOfDebugfsIsAskedElsewhere) {
    for (const char* broken : {"", "\n", "none voluntary full", "(", ")(", "(unheard-of) full", "()"}) {
        EXPECT_EQ(model({.debugfs = broken, .version = dynamic, .command_line = "quiet preempt=full"}),
                  Preemption::full)
            << broken;
    }
}

TEST(Preemption, TheVersionDecidesUnlessItIsChosenAtBoot) {
    EXPECT_EQ(model({.version = "#1 SMP Debian 6.1.176-1 (2026-07-02)"}), Preemption::voluntary);
    EXPECT_EQ(model({.version = "#1 SMP PREEMPT Debian 6.1"}), Preemption::full);
    EXPECT_EQ(model({.version = "#1 SMP PREEMPT_RT Debian 6.1"}), Preemption::full);
    // Not told by the command line of a kernel that cannot be told.
    EXPECT_EQ(model({.version = "#1 SMP Debian", .command_line = "preempt=full"}), Preemption::voluntary);
}

TEST(Preemption, TheLastParameterCounts) {
    EXPECT_EQ(model({.version = dynamic, .command_line = "ro preempt=full quiet preempt=none\n"}),
              Preemption::none);
    EXPECT_EQ(model({.version = dynamic, .command_line = "preempt=lazy preempt=nonsense"}), Preemption::lazy);
    EXPECT_EQ(model({.version = dynamic, .command_line = "rcupreempt=full"}), Preemption::unknown);
}

TEST(Preemption, WithoutAParameterAsItWasBuilt) {
    const auto built = [](const std::string& option) {
        return model(
            {.version = dynamic, .command_line = "quiet", .build = "CONFIG_SMP=y\n" + option + "\n"});
    };
    EXPECT_EQ(built("CONFIG_PREEMPT_NONE=y"), Preemption::none);
    EXPECT_EQ(built("CONFIG_PREEMPT_VOLUNTARY=y\n# CONFIG_PREEMPT is not set\nCONFIG_PREEMPT_DYNAMIC=y"),
              Preemption::voluntary);
    EXPECT_EQ(built("CONFIG_PREEMPT_LAZY=y\nCONFIG_PREEMPT_DYNAMIC=y"), Preemption::lazy);
    EXPECT_EQ(built("CONFIG_PREEMPT=y"), Preemption::full);
    EXPECT_EQ(built("CONFIG_PREEMPT_COUNT=y"), Preemption::unknown);
}

TEST(Preemption, UnknownIsTakenForThePreemptible) {
    EXPECT_EQ(model({}), Preemption::unknown);
    EXPECT_EQ(model({.version = dynamic}), Preemption::unknown);
    EXPECT_TRUE(preempts_programs(Preemption::unknown));
    EXPECT_TRUE(preempts_programs(Preemption::lazy));
    EXPECT_TRUE(preempts_programs(Preemption::full));
    EXPECT_FALSE(preempts_programs(Preemption::voluntary));
    EXPECT_FALSE(preempts_programs(Preemption::none));
}

TEST(Preemption, SaysWhatItIsAndWhoSaysSo) {
    EXPECT_EQ(describe(preemption_model({.debugfs = "full (lazy)"})),
              "lazily preemptible (/sys/kernel/debug/sched/preempt)");
    EXPECT_EQ(describe(preemption_model({.version = "#1 SMP Debian"})), "not preemptible (uname -v)");
}

} // namespace
} // namespace bindwatch
