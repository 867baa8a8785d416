// SPDX-License-Identifier: Apache-2.0
/// Prints what the JSON output makes of all sorts of events and control records, for schema_test.py.
#include "filter/filters.hpp"
#include "sinks/json_format.hpp"
#include "support/sample_events.hpp"

#include <cstdio>
#include <string>

namespace {

bindwatch::Filters every_filter() {
    using namespace bindwatch;
    return {.ports = {{.first = 1683, .last = 1683}, {.first = 8000, .last = 8999}},
            .exclude_ports = {{.first = 22, .last = 22}},
            .transports = {{.protocol = 6}, {.vsock = true}},
            .families = {Family::ipv4},
            .addresses = {{.network = {.bytes = {127}}, .prefix = 8, .text = "127.0.0.0/8"}},
            .cgroups = {{.id = 7, .path = "/a"}, {.id = 8}},
            .pids = {1},
            .comms = {"nginx", "\xFF\"\n"},
            .exclude_comms = {"x"},
            .exes = {"/usr/*"},
            .uids = {0},
            .netns = {4026531840},
            .events = {EventKind::bind, EventKind::listen, EventKind::release},
            .failed = false,
            .statuses = {Status::unassigned},
            .alerts_only = true};
}

} // namespace

int main() {
    using namespace bindwatch;
    JsonFormatter named("web-1", sample::boot_id);
    JsonFormatter hostile("\x1b[2J\xFF", "");
    std::string out;
    std::uint64_t seq = 0;
    for (JsonFormatter* formatter : {&named, &hostile}) {
        for (const std::string& filters : {to_json(every_filter()), to_json({}), std::string()}) {
            formatter->append(out, {.seq = ++seq},
                              StartRecord{.time_ns = sample::time_ns,
                                          .version = "0.1.0",
                                          .plan = "cgroup",
                                          .filters_json = filters});
        }
        for (const Event& event : sample::all_sorts()) {
            formatter->append(out, {.seq = ++seq}, event);
        }
        formatter->append(
            out, {.seq = ++seq},
            LostRecord{.time_ns = sample::time_ns, .count = 12, .since_ns = sample::time_ns - 1});
        formatter->append(out, {.seq = ++seq},
                          StopRecord{.time_ns = sample::time_ns, .events = 3, .duration_ns = 1});
    }
    return std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0 ? 0 : 1;
}
