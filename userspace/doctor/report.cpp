// SPDX-License-Identifier: Apache-2.0
#include "doctor/report.hpp"

#include "sinks/json_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bindwatch {
namespace {

constexpr std::string_view color_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::ok: return "\033[32m";
    case Verdict::note: return "\033[33m";
    case Verdict::wrong: return "\033[31m";
    }
    return {};
}

void append_line(std::string& out, const Check& check, bool color) {
    const std::string verdict = fmt::format("{:<5}", name_of(check.verdict));
    out += color ? fmt::format("{}{}\033[0m", color_of(check.verdict), verdict) : verdict;
    out += fmt::format("  {:<12}  {}\n", check.name, check.finding);
    if (!check.advice.empty()) {
        out += fmt::format("{:21}-> {}\n", "", check.advice);
    }
}

/// A plan as one more check: one that does not work is wrong only where none does.
Check check_of(const PlanTrial& trial, bool needed) {
    Check check{.name = trial.plan};
    if (!trial.error) {
        check.finding = "loads and attaches";
    } else {
        check.verdict = needed ? Verdict::wrong : Verdict::note;
        check.finding = trial.error->message;
    }
    return check;
}

Check check_of(const LookTrial& trial) {
    Check check{.name = trial.of};
    if (!trial.error) {
        check.finding = trial.name == "namespaces" ? "can be entered" : "loads and reads";
    } else {
        check.verdict = trial.vital ? Verdict::wrong : Verdict::note;
        check.finding = trial.error->message;
    }
    return check;
}

std::string_view lockdown_word(const MachineFacts& facts) {
    if (facts.memory_is_locked) {
        return "confidentiality";
    }
    return facts.lockdown.empty() ? "unknown" : std::string_view(facts.lockdown);
}

void write_check(JsonWriter& json, const Check& check) {
    json.StartObject();
    json.key<"name">().value(check.name);
    json.key<"verdict">().value(name_of(check.verdict));
    json.key<"finding">().value(check.finding);
    json.key<"advice">().text_or_null(check.advice);
    json.EndObject();
}

void write_trial(JsonWriter& json, const PlanTrial& trial) {
    json.StartObject();
    json.key<"plan">().value(trial.plan);
    json.key<"works">().value(!trial.error);
    json.key<"error">().text_or_null(trial.error ? std::string_view(trial.error->message)
                                                 : std::string_view());
    json.key<"unseen">().text_or_null(trial.unseen);
    json.EndObject();
}

void write_look(JsonWriter& json, const LookTrial& trial) {
    json.StartObject();
    json.key<"look">().value(trial.name);
    json.key<"works">().value(!trial.error);
    json.key<"error">().text_or_null(trial.error ? std::string_view(trial.error->message)
                                                 : std::string_view());
    json.EndObject();
}

} // namespace

const PlanTrial* chosen(const Diagnosis& diagnosis) {
    const auto found =
        std::ranges::find_if(diagnosis.trials, [](const PlanTrial& trial) { return !trial.error; });
    return found == diagnosis.trials.end() ? nullptr : &*found;
}

ExitCode exit_code(const Diagnosis& diagnosis) {
    if (chosen(diagnosis) != nullptr) {
        return ExitCode::done;
    }
    const auto privilege = [](const PlanTrial& trial) { return trial.error->code == ExitCode::privilege; };
    return std::ranges::any_of(diagnosis.trials, privilege) ? ExitCode::privilege : ExitCode::kernel;
}

std::string bug_report(const Diagnosis& diagnosis) {
    const MachineFacts& facts = diagnosis.facts;
    std::string text = fmt::format(
        "bindwatch {} on {}, Linux {} {} ({}), uid {}{}, lockdown {}, seccomp {}, cgroup2 {}",
        diagnosis.version, facts.distribution.empty() ? "an unknown distribution" : facts.distribution,
        facts.release, facts.architecture, describe(facts.preemption), facts.user,
        facts.missing.empty() ? "" : fmt::format(" without {}", fmt::join(facts.missing, ", ")),
        lockdown_word(facts), facts.seccomp ? std::to_string(*facts.seccomp) : "unknown",
        facts.cgroup2 ? facts.cgroup2->point : "not mounted");
    for (const PlanTrial& trial : diagnosis.trials) {
        text += fmt::format("; plan {} {}", trial.plan,
                            trial.error ? "does not: " + trial.error->message : "works");
    }
    for (const LookTrial& trial : diagnosis.looks) {
        text += trial.error ? fmt::format("; {} does not: {}", trial.name, trial.error->message) : "";
    }
    return text;
}

std::string doctor_text(const Diagnosis& diagnosis, bool color) {
    const PlanTrial* const plan = chosen(diagnosis);
    std::string out;
    for (const Check& check : diagnosis.checks) {
        append_line(out, check, color);
    }
    for (const PlanTrial& trial : diagnosis.trials) {
        Check check = check_of(trial, plan == nullptr);
        const std::string name = fmt::format("plan {}", check.name);
        check.name = name;
        append_line(out, check, color);
    }
    for (const LookTrial& trial : diagnosis.looks) {
        append_line(out, check_of(trial), color);
    }
    if (plan != nullptr) {
        out += fmt::format("\nbindwatch follows here with plan {}", plan->plan);
        out += plan->unseen.empty() ? ".\n" : fmt::format(", which does not see {}.\n", plan->unseen);
    } else {
        out += "\nbindwatch cannot follow here: the lines that are wrong say why.\n";
    }
    out += fmt::format("\nFor a bug report: {}\n", bug_report(diagnosis));
    return out;
}

std::string doctor_json(const Diagnosis& diagnosis) {
    const PlanTrial* const plan = chosen(diagnosis);
    LineBuffer line;
    JsonWriter json(line);
    json.StartObject();
    json.key<"schema">().value("bindwatch-doctor/1");
    json.key<"plan">().text_or_null(plan != nullptr ? plan->plan : std::string_view());
    json.key<"checks">();
    json.StartArray();
    for (const Check& check : diagnosis.checks) {
        write_check(json, check);
    }
    json.EndArray();
    json.key<"plans">();
    json.StartArray();
    for (const PlanTrial& trial : diagnosis.trials) {
        write_trial(json, trial);
    }
    json.EndArray();
    json.key<"looks">();
    json.StartArray();
    for (const LookTrial& trial : diagnosis.looks) {
        write_look(json, trial);
    }
    json.EndArray();
    json.key<"report">().value(bug_report(diagnosis));
    json.EndObject();
    return std::string(line.view()) + "\n";
}

} // namespace bindwatch
