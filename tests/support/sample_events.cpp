// SPDX-License-Identifier: Apache-2.0
#include "support/sample_events.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

namespace bindwatch::sample {

Process python(std::uint32_t pid) {
    return {.pid = pid,
            .tid = pid,
            .ns_pid = pid,
            .ppid = 1200,
            .comm = "python3",
            .exe = "/usr/bin/python3.11",
            .args = std::vector<std::string>{"python3", "-m", "http.server", "1683"},
            .uid = 0,
            .gid = 0,
            .user = "root",
            .start_time_ns = time_ns - 223'456'789,
            .pidns = 4026531836,
            .ancestors = {{.pid = 1200, .comm = "bash"}, {.pid = 1, .comm = "systemd"}}};
}

Event bind_1683(std::uint32_t pid) {
    return {
        .time_ns = time_ns,
        .kind = EventKind::bind,
        .protocol = IPPROTO_TCP,
        .family = Family::ipv4,
        .address = Address{.family = Family::ipv4, .bytes = {127, 0, 0, 1}},
        .port = 1683,
        .requested_port = 1683,
        .socket = {.cookie = 4711, .netns = 4026531840, .type = SOCK_STREAM, .reuse_addr = true},
        .process = python(pid),
        .cgroup = Cgroup{.id = 231, .path = "/system.slice/ssh.service"},
        .iana = PortInfo{.tier = Tier::user,
                         .status = Status::unassigned,
                         .listed_as = "ncpm-hip",
                         .note = "Every copy of the registry since 2005 carries this name without a date, a "
                                 "reference or known software: treated as unassigned."},
        .alerts = {{.rule = "unassigned-port",
                    .severity = Severity::warning,
                    .message = "python3[2608] claimed 1683/tcp, which is not assigned by IANA: something put "
                               "it there deliberately"}}};
}

std::vector<Event> life_of_a_claim(std::uint32_t pid) {
    const Event bind = bind_1683(pid);
    Event listen = bind;
    listen.time_ns += 1'000'000;
    listen.kind = EventKind::listen;
    listen.requested_port.reset();
    listen.socket.backlog = 5;
    listen.alerts.clear();
    Event release = listen;
    release.time_ns += 3'200'000'000;
    release.kind = EventKind::release;
    release.held_ns = 3'201'000'000;
    return {bind, listen, release};
}

} // namespace bindwatch::sample
