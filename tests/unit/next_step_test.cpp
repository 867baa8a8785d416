// SPDX-License-Identifier: Apache-2.0
#include "inventory/inventory.hpp"
#include "inventory/next_step.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace bindwatch {
namespace {

Event held_by(std::vector<Sharer> sharers, std::string cgroup) {
    Event event;
    if (!sharers.empty()) {
        event.process = process_of(sharers.front());
    }
    event.cgroup = Cgroup{.id = 1, .path = std::move(cgroup)};
    event.found = Found{.sharers = std::move(sharers)};
    return event;
}

TEST(NextStep, KillsWhoHasIt) {
    EXPECT_EQ(command_to_stop(held_by({{.pid = 88, .comm = "a"}, {.pid = 89, .comm = "b"}}, "/user.slice")),
              "kill 88 89");
    EXPECT_EQ(command_to_stop(held_by({}, "/")), "");
}

TEST(NextStep, NeverKillsTheMachinesInit) {
    EXPECT_EQ(command_to_stop(held_by({{.pid = 1, .comm = "init"}}, "/")), "");
    EXPECT_EQ(command_to_stop(held_by({{.pid = 1, .comm = "init"}, {.pid = 88, .comm = "a"}}, "/")),
              "kill 88");
}

TEST(NextStep, WhatSystemdHoldsIsASocketUnit) {
    EXPECT_EQ(
        command_to_stop(held_by({{.pid = 1, .comm = "systemd"}, {.pid = 88, .comm = "sshd"}}, "/init.scope")),
        "systemctl stop UNIT.socket (systemctl list-sockets names it: systemd holds the port)");
    EXPECT_EQ(command_to_stop(held_by({{.pid = 900, .comm = "systemd"}},
                                      "/user.slice/user-1000.slice/user@1000.service/init.scope")),
              "systemctl --user stop UNIT.socket (systemctl --user list-sockets names it: systemd holds the "
              "port)");
    EXPECT_EQ(command_to_stop(held_by({{.pid = 900, .comm = "systemd"}}, "/user.slice/session-1.scope")),
              "kill 900")
        << "anybody can have that name";
}

TEST(NextStep, AServiceAndAContainerAreStoppedByTheirNames) {
    Event event = held_by({{.pid = 88, .comm = "sshd"}}, "/system.slice/ssh.service");
    EXPECT_EQ(command_to_stop(event), "systemctl stop ssh.service");
    event.container = Container{.id = std::string(64, 'a'), .runtime = "podman"};
    EXPECT_EQ(command_to_stop(event), "podman stop aaaaaaaaaaaa");
}

} // namespace
} // namespace bindwatch
