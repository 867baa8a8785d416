// SPDX-License-Identifier: Apache-2.0
#include "support/sample_events.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

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

Event failed_bind() {
    Event event = bind_1683(88);
    event.error = EADDRINUSE;
    event.address = Address{.family = Family::ipv4, .bytes = {}};
    event.port = event.requested_port = 80;
    Process nginx = python(88);
    nginx.comm = "nginx";
    nginx.user = "www-data";
    event.process = nginx;
    event.iana = PortInfo{.tier = Tier::system, .status = Status::assigned, .service = "http"};
    event.alerts.clear();
    return event;
}

const std::vector<Hostile>& hostile_strings() {
    static const std::string replacement = "\xEF\xBF\xBD";
    static const std::vector<Hostile> all{
        {.bytes = "\x1b[2J\x1b]0;owned\x07", .valid_utf8 = "\x1b[2J\x1b]0;owned\x07"},
        {.bytes = "line\nfeed\ttab\rreturn", .valid_utf8 = "line\nfeed\ttab\rreturn"},
        {.bytes = R"("quoted" \ {"a":1})", .valid_utf8 = R"("quoted" \ {"a":1})"},
        {.bytes = "\x7f\xC2\x9B"
                  "31m",
         .valid_utf8 = "\x7f\xC2\x9B"
                       "31m"}, // DEL, C1 CSI
        {.bytes = "\xE2\x80\xAE"
                  "gpj.exe",
         .valid_utf8 = "\xE2\x80\xAE"
                       "gpj.exe"}, // U+202E
        {.bytes = "a\xE2\x80\x8B"
                  "b\xE2\x80\xA8",
         .valid_utf8 = "a\xE2\x80\x8B"
                       "b\xE2\x80\xA8"},                                                 // U+200B, U+2028
        {.bytes = "\xF3\xA0\x81\xA1", .valid_utf8 = "\xF3\xA0\x81\xA1"},                 // U+E0061, a tag
        {.bytes = "\xCC\x81 e\xCC\x81", .valid_utf8 = "\xCC\x81 e\xCC\x81"},             // combining acute
        {.bytes = "\xE4\xB8\xAD\xE6\x96\x87", .valid_utf8 = "\xE4\xB8\xAD\xE6\x96\x87"}, // wide
        {.bytes = "\xFF\xFE", .valid_utf8 = replacement + replacement},
        {.bytes = "cut \xE2\x82", .valid_utf8 = "cut " + replacement},
        {.bytes = "\xC0\xAF", .valid_utf8 = replacement + replacement},                   // overlong '/'
        {.bytes = "\xED\xA0\x80", .valid_utf8 = replacement + replacement + replacement}, // a surrogate
        {.bytes = "\xF0\x9F\x92!", .valid_utf8 = replacement + "!"},
    };
    return all;
}

namespace {

Event of_transport(std::uint16_t protocol, Family family, const Address& address) {
    Event event = bind_1683();
    event.protocol = protocol;
    event.family = family;
    event.address = address;
    event.socket.type = protocol == IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM;
    event.alerts.clear();
    if (family == Family::ipv6) {
        event.socket.v6only = true;
    }
    return event;
}

void add_transports(std::vector<Event>& out) {
    constexpr std::uint16_t mptcp = 262;
    const Address any4{.family = Family::ipv4, .bytes = {}};
    const Address mapped{.family = Family::ipv6,
                         .bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 2, 3}};
    const Address link_local{
        .family = Family::ipv6,
        .bytes = {0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0x0A, 0, 0x27, 0xFF, 0xFE, 0x4E, 0x66, 0xA1}};
    const Address long6{.family = Family::ipv6,
                        .bytes = {0x20, 1, 0x0D, 0xB8, 0x85, 0xA3, 0x88, 0xD3, 0x13, 0x19, 0x8A, 0x2E, 0x13,
                                  0x70, 0x73, 0x48}};
    for (const std::uint16_t protocol :
         {std::uint16_t{IPPROTO_TCP}, std::uint16_t{IPPROTO_UDP}, std::uint16_t{IPPROTO_UDPLITE},
          std::uint16_t{IPPROTO_SCTP}, mptcp, std::uint16_t{IPPROTO_DCCP}}) {
        out.push_back(of_transport(protocol, Family::ipv4, any4));
        for (const Address& address :
             {Address{.family = Family::ipv6, .bytes = {}}, mapped, link_local, long6}) {
            out.push_back(of_transport(protocol, Family::ipv6, address));
        }
    }
    Event vsock = of_transport(0, Family::vsock, {.family = Family::vsock, .bytes = {255, 255, 255, 255}});
    vsock.port = vsock.requested_port = 4'294'967'294;
    vsock.iana.reset();
    out.push_back(vsock);
}

void add_missing_facts(std::vector<Event>& out) {
    Event bare = bind_1683();
    bare.process = Process{.pid = 7, .comm = "x"};
    bare.cgroup.reset();
    bare.iana.reset();
    bare.alerts.clear();
    out.push_back(bare);
    Event kernel = bare;
    kernel.process.reset();
    kernel.socket.kernel = true;
    out.push_back(kernel);
    Event nowhere = failed_bind();
    nowhere.error = EINVAL;
    nowhere.address.reset();
    nowhere.port.reset();
    nowhere.requested_port.reset();
    nowhere.iana.reset();
    out.push_back(nowhere);
    Event in_use = failed_bind();
    const Address address = in_use.address.value_or(Address{});
    in_use.error = EADDRINUSE;
    in_use.reason = "nginx[7] listens on 0.0.0.0:80";
    in_use.holders = {{.pid = 7,
                       .comm = "nginx",
                       .exe = "/usr/sbin/nginx",
                       .user = "www",
                       .container = Container{.id = std::string(64, 'a'), .runtime = "docker"},
                       .address = address,
                       .port = 80,
                       .state = SocketState::listen,
                       .cookie = 3,
                       .since_ns = in_use.time_ns},
                      {.address = address, .port = 80, .state = SocketState::time_wait}};
    out.push_back(in_use);
    Event unheard_of = failed_bind();
    unheard_of.error = 4242;
    out.push_back(unheard_of);
    Event listen = failed_bind();
    listen.kind = EventKind::listen;
    listen.requested_port.reset();
    out.push_back(listen);
    Event long_ago = life_of_a_claim().back();
    long_ago.held_ns.reset();
    out.push_back(long_ago);
}

void add_choices_of_the_kernel(std::vector<Event>& out) {
    Event any = bind_1683();
    any.port = 41'233;
    any.requested_port = 0;
    any.iana = PortInfo{.tier = Tier::user, .status = Status::unassigned};
    any.alerts.clear();
    out.push_back(any);
    Event implicit = any;
    implicit.requested_port.reset();
    implicit.implicit = true;
    implicit.port = 60'001;
    implicit.iana = PortInfo{.tier = Tier::dynamic, .status = Status::dynamic};
    out.push_back(implicit);
    Event snapshot = any;
    snapshot.origin = Origin::snapshot;
    snapshot.requested_port.reset();
    snapshot.found = Found{.state = SocketState::listen,
                           .asked = true,
                           .sharers = {{.pid = 7,
                                        .uid = 33,
                                        .comm = "nginx",
                                        .start_time_ns = any.time_ns,
                                        .fds = {6, 7},
                                        .made = true},
                                       {.pid = 8,
                                        .uid = 33,
                                        .comm = "nginx",
                                        .start_time_ns = any.time_ns,
                                        .fds = {6},
                                        .ancestor = 7,
                                        .is_child = true,
                                        .activated = false}},
                           .maker = Maker{.uid = 0, .user = "root"}};
    out.push_back(snapshot);
    snapshot.found->sharers.erase(snapshot.found->sharers.begin());
    snapshot.found->maker = Maker{.uid = 0};
    out.push_back(snapshot);
    snapshot.found = Found{.state = SocketState::time_wait,
                           .peer = any.address,
                           .peer_port = std::uint16_t{443},
                           .unheld = Unheld::orphan};
    snapshot.process.reset();
    out.push_back(snapshot);
    Event in_container = bind_1683();
    Container container{.id = std::string(64, 'a'), .runtime = "docker"};
    in_container.container = container;
    out.push_back(in_container);
    container.name = "web";
    container.pod_uid = "0f0e0d0c-0b0a-0908-0706-050403020100";
    container.pod = "web-7d4b9";
    container.pod_namespace = "shop";
    in_container.container = container;
    out.push_back(in_container);
}

void add_hostile(std::vector<Event>& out) {
    for (const Hostile& hostile : hostile_strings()) {
        Event event = bind_1683();
        Process process = python();
        process.comm = hostile.bytes.substr(0, 15);
        process.exe = "/tmp/" + hostile.bytes;
        process.args = std::vector<std::string>{hostile.bytes, "", hostile.bytes};
        process.args_truncated = true;
        process.user = hostile.bytes;
        process.ancestors = {{.pid = 1, .comm = hostile.bytes.substr(0, 15)}};
        event.process = process;
        event.cgroup = Cgroup{.id = 1, .path = "/" + hostile.bytes};
        event.container = Container{.id = hostile.bytes, .runtime = "docker", .name = hostile.bytes};
        event.alerts.front().message = hostile.bytes;
        event.alerts.push_back({.rule = "my-rule", .severity = Severity::notice, .message = hostile.bytes});
        out.push_back(event);
    }
}

} // namespace

std::vector<Event> all_sorts() {
    std::vector<Event> out = life_of_a_claim();
    out.push_back(failed_bind());
    add_transports(out);
    add_missing_facts(out);
    add_choices_of_the_kernel(out);
    add_hostile(out);
    return out;
}

} // namespace bindwatch::sample
