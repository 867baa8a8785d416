// SPDX-License-Identifier: Apache-2.0
#include "doctor/report.hpp"
#include "support/flat_json.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace bindwatch {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Where every plan works.
MachineFacts healthy() {
    return {.release = "6.1.0-50-amd64",
            .architecture = "x86_64",
            .distribution = "Debian GNU/Linux 12 (bookworm)",
            .preemption = {.preemption = Preemption::voluntary, .source = "uname -v"},
            .has_btf = true,
            .bpf_error = EINVAL,
            .lockdown = "none",
            .seccomp = 0U,
            .paranoid = 3,
            .is_admin = true,
            .cgroup2 = CgroupMount{"/sys/fs/cgroup", "/"},
            .whole_cgroup2 = true,
            .tracefs = Tracefs::readable};
}

Check check_in(const MachineFacts& facts, std::string_view name) {
    const auto checks = judge(facts);
    const auto found = std::ranges::find(checks, name, &Check::name);
    return found == checks.end() ? Check{} : *found;
}

TEST(Doctor, AHealthyMachineHasNothingToChange) {
    for (const Check& check : judge(healthy())) {
        EXPECT_EQ(check.verdict, Verdict::ok) << check.name << ": " << check.finding;
        EXPECT_EQ(check.advice, "") << check.name;
        EXPECT_NE(check.finding, "") << check.name;
    }
}

/// One thing that is wrong, the check that must say so, and a word of what it says.
struct Cause {
    const char* check;
    void (*break_it)(MachineFacts&);
    Verdict verdict;
    const char* finding;
    const char* advice;
};

class EachCause : public testing::TestWithParam<Cause> {};

TEST_P(EachCause, IsNamedWithWhatWouldHelpAndNothingElseIs) {
    const Cause& cause = GetParam();
    MachineFacts facts = healthy();
    cause.break_it(facts);
    const Check found = check_in(facts, cause.check);
    EXPECT_EQ(found.verdict, cause.verdict);
    EXPECT_THAT(found.finding, HasSubstr(cause.finding));
    EXPECT_THAT(found.advice, HasSubstr(cause.advice));
    for (const Check& check : judge(facts)) {
        EXPECT_TRUE(check.name == cause.check || check.verdict == Verdict::ok) << check.name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Doctor, EachCause,
    testing::Values(
        Cause{"kernel", [](MachineFacts& facts) { facts.preemption.preemption = Preemption::lazy; },
              Verdict::note, "lazily preemptible", "plan cgroup comes before plan fentry"},
        Cause{"BTF", [](MachineFacts& facts) { facts.has_btf = false; }, Verdict::wrong, "is missing",
              "CONFIG_DEBUG_INFO_BTF=y"},
        Cause{"bpf(2)", [](MachineFacts& facts) { facts.bpf_error = ENOSYS; }, Verdict::wrong,
              "does not have it", "CONFIG_BPF_SYSCALL=y"},
        Cause{"bpf(2)", [](MachineFacts& facts) { facts.bpf_error = EPERM; }, Verdict::wrong,
              "refused to this user", "sudo"},
        Cause{"seccomp", [](MachineFacts& facts) { facts.seccomp = 2; }, Verdict::note,
              "a filter is in force", ""},
        Cause{"seccomp", [](MachineFacts& facts) { facts.seccomp.reset(); }, Verdict::note, "unknown", ""},
        Cause{"capabilities",
              [](MachineFacts& facts) {
                  facts.missing.assign({"CAP_BPF", "CAP_PERFMON"});
              },
              Verdict::wrong, "missing CAP_BPF, CAP_PERFMON", "--cap-add"},
        Cause{"capabilities", [](MachineFacts& facts) { facts.missing.assign({"CAP_NET_ADMIN"}); },
              Verdict::note, "missing CAP_NET_ADMIN", "sudo"},
        Cause{"capabilities", [](MachineFacts& facts) { facts.initial_user_namespace = false; },
              Verdict::wrong, "user namespace", "outside"},
        Cause{"lockdown", [](MachineFacts& facts) { facts.lockdown = "confidentiality"; }, Verdict::wrong,
              "no program may read", "lockdown=integrity"},
        Cause{"lockdown", [](MachineFacts& facts) { facts.memory_is_locked = true; }, Verdict::wrong,
              "no program may read", "lockdown=integrity"},
        Cause{"cgroup2", [](MachineFacts& facts) { facts.cgroup2.reset(); }, Verdict::wrong, "not mounted",
              "mount -t cgroup2"},
        Cause{"cgroup2", [](MachineFacts& facts) { facts.whole_cgroup2 = false; }, Verdict::wrong,
              "only a part of it", "--cgroupns host"},
        Cause{"tracefs", [](MachineFacts& facts) { facts.tracefs = Tracefs::closed; }, Verdict::note,
              "root's alone", "CAP_DAC_READ_SEARCH"},
        Cause{"perf events", [](MachineFacts& facts) { facts.is_admin = false; }, Verdict::note,
              "kernel.perf_event_paranoid=3", "sysctl kernel.perf_event_paranoid=2"},
        Cause{"memory",
              [](MachineFacts& facts) {
                  facts.limited_locked_memory = true;
                  facts.is_admin = false;
                  facts.paranoid = 2;
              },
              Verdict::wrong, "locked memory", "ulimit -l unlimited"}));

TEST(Doctor, ARefusedCallIsBlamedOnTheFilterWhereThereIsOne) {
    MachineFacts facts = healthy();
    facts.bpf_error = EPERM;
    facts.seccomp = 2;
    EXPECT_THAT(check_in(facts, "bpf(2)").finding, HasSubstr("seccomp"));
}

TEST(Doctor, LockdownIsNotGuessed) {
    MachineFacts facts = healthy();
    facts.lockdown = "";
    EXPECT_THAT(check_in(facts, "lockdown").finding, HasSubstr("not confidentiality"));
    facts.missing.assign({"CAP_BPF"});
    EXPECT_THAT(check_in(facts, "lockdown").finding, HasSubstr("unknown"));
    EXPECT_EQ(check_in(facts, "lockdown").verdict, Verdict::note);
}

TEST(Doctor, AnAdministratorMountsTracefs) {
    MachineFacts facts = healthy();
    facts.tracefs = Tracefs::absent;
    EXPECT_EQ(check_in(facts, "tracefs").verdict, Verdict::ok);
    facts.is_admin = false;
    EXPECT_THAT(check_in(facts, "tracefs").advice, HasSubstr("mount -t tracefs"));
}

Diagnosis diagnosed(std::vector<PlanTrial> trials) {
    return {.version = "0.1.0", .facts = healthy(), .checks = judge(healthy()), .trials = std::move(trials)};
}

TEST(Doctor, TheFirstPlanThatWorksIsTaken) {
    const Diagnosis diagnosis = diagnosed({{"fentry", Error{ExitCode::kernel, "no trampolines"}, ""},
                                           {"cgroup", std::nullopt, "some things"},
                                           {"syscall", std::nullopt, "many things"}});
    EXPECT_EQ(exit_code(diagnosis), ExitCode::done);
    const std::string text = doctor_text(diagnosis, false);
    EXPECT_THAT(text, HasSubstr("note   plan fentry   no trampolines\n"));
    EXPECT_THAT(text, HasSubstr("ok     plan cgroup   loads and attaches\n"));
    EXPECT_THAT(text, HasSubstr("follows here with plan cgroup, which does not see some things.\n"));
    EXPECT_THAT(text,
                HasSubstr("For a bug report: bindwatch 0.1.0 on Debian GNU/Linux 12 (bookworm), Linux 6.1"));
    EXPECT_THAT(text, Not(HasSubstr("\033")));
    EXPECT_THAT(doctor_text(diagnosis, true), HasSubstr("\033[32mok   \033[0m"));
}

TEST(Doctor, WithoutAPlanTheStatusIsWhatFollowingWouldEndWith) {
    const PlanTrial no_kernel{"fentry", Error{ExitCode::kernel, "no trampolines"}, ""};
    const PlanTrial no_privilege{"cgroup", Error{ExitCode::privilege, "CAP_BPF missing"}, ""};
    EXPECT_EQ(exit_code(diagnosed({no_kernel})), ExitCode::kernel);
    EXPECT_EQ(exit_code(diagnosed({no_kernel, no_privilege})), ExitCode::privilege);
    const std::string text = doctor_text(diagnosed({no_kernel, no_privilege}), false);
    EXPECT_THAT(text, HasSubstr("wrong  plan cgroup   CAP_BPF missing\n"));
    EXPECT_THAT(text, HasSubstr("cannot follow here"));
}

TEST(Doctor, ALookThatDoesNotWorkIsWrongWhereACommandNeedsIt) {
    Diagnosis diagnosis = diagnosed({{"cgroup", std::nullopt, ""}});
    diagnosis.looks = {{.name = "list", .of = "list, who", .error = std::nullopt, .vital = true},
                       {.name = "holders", .of = "holders", .error = Error{ExitCode::kernel, "Linux 5.17"}}};
    std::string text = doctor_text(diagnosis, false);
    EXPECT_THAT(text, HasSubstr("ok     list, who     loads and reads\n"));
    EXPECT_THAT(text, HasSubstr("note   holders       Linux 5.17\n"));
    EXPECT_THAT(bug_report(diagnosis), HasSubstr("; plan cgroup works; holders does not: Linux 5.17"));
    diagnosis.looks[0].error = Error{ExitCode::privilege, "CAP_BPF missing"};
    text = doctor_text(diagnosis, false);
    EXPECT_THAT(text, HasSubstr("wrong  list, who     CAP_BPF missing\n"));
    EXPECT_EQ(exit_code(diagnosis), ExitCode::done) << "it still follows";
}

TEST(Doctor, JsonIsOneLineWithTheSame) {
    Diagnosis diagnosis = diagnosed({{"fentry", Error{ExitCode::kernel, "no \"trampolines\""}, ""},
                                     {"cgroup", std::nullopt, "some things"}});
    diagnosis.looks = {{.name = "list", .of = "list, who", .error = std::nullopt, .vital = true},
                       {.name = "snapshot", .of = "--snapshot", .error = Error{ExitCode::kernel, "why"}}};
    const std::string line = doctor_json(diagnosis);
    EXPECT_EQ(std::ranges::count(line, '\n'), 1);
    const auto json = test::flatten_json(line);
    ASSERT_TRUE(json) << line;
    EXPECT_EQ(json->at("/schema"), "bindwatch-doctor/1");
    EXPECT_EQ(json->at("/plan"), "cgroup");
    const std::string last = std::to_string(diagnosis.checks.size() - 1);
    EXPECT_EQ(json->at("/checks/" + last + "/name"), diagnosis.checks.back().name);
    EXPECT_EQ(json->at("/checks/0/advice"), "null");
    EXPECT_EQ(json->at("/plans/0/error"), "no \"trampolines\"");
    EXPECT_EQ(json->at("/plans/0/works"), "false");
    EXPECT_EQ(json->at("/plans/1/works"), "true");
    EXPECT_EQ(json->at("/looks/0/look"), "list");
    EXPECT_EQ(json->at("/looks/0/error"), "null");
    EXPECT_EQ(json->at("/looks/1/works"), "false");
    EXPECT_EQ(json->at("/looks/1/error"), "why");
    EXPECT_EQ(json->at("/report"), bug_report(diagnosis));
}

} // namespace
} // namespace bindwatch
