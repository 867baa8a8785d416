# SPDX-License-Identifier: Apache-2.0
"""Real servers, each with the lines that a person would look for."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import paths
from compare import check_complete
from follower import Follower, Record, Stopped, follow
from programs import OWN_NETNS, require, running

PYTHON = "/usr/bin/python3"


def _of(records: list[Record], port: int, kind: str | None = None) -> list[Record]:
    return [r for r in records if r.get("port") == port and kind in (None, r["event"])]


def _by(records: list[Record], pid: int) -> list[Record]:
    return [r for r in records if r.get("process") and r["process"]["pid"] == pid]


def _serve(watch: Follower, command: Sequence[str], port: int, last: str = "listen", sockets: int = 1) -> int:
    """Runs a server until `last` is told of so many sockets on the port, ends it, waits for the releases; its pid."""

    def told(kind: str) -> Callable[[list[Record]], bool]:
        return lambda records: len(_of(_by(records, server.pid), port, kind)) >= sockets

    with running([*OWN_NETNS, *command]) as server:
        watch.wait_for(told(last), f"{command[0]}: {last} on {port}")
    watch.wait_for(told("release"), f"{command[0]}: release of {port}")
    return server.pid


def _assert_kinds(events: list[Record], *expected: str) -> None:
    assert [event["event"] for event in events] == list(expected)
    assert len({event["socket"]["cookie"] for event in events}) == 1
    assert all(event["outcome"] == "success" and not event["implicit"] for event in events)
    assert events[-1]["held_ns"] > 0
    found = check_complete(events)
    assert not found, "\n".join(found)


def _assert_process(events: list[Record], pid: int, exe: str, args: Sequence[str]) -> None:
    for event in events:
        process = event["process"]
        assert process["pid"] == pid
        assert paths.same(process["exe"], os.path.realpath(exe)), process["exe"]
        assert process["args"] == list(args)
        assert process["ppid"] == os.getpid()
        ancestors = [ancestor["pid"] for ancestor in process["ancestors"]]
        assert ancestors[:2] == [os.getpid(), os.getppid()]


def test_http_server_on_1683() -> None:
    """The case that the project was born from."""
    command = [PYTHON, "-m", "http.server", "1683"]
    with follow("--port", "1683") as watch:
        pid = _serve(watch, command, 1683)
        stopped = watch.stop()
    events = _by(stopped.events, pid)
    _assert_kinds(events, "bind", "listen", "release")
    _assert_process(events, pid, PYTHON, command)
    bind = events[0]
    assert [alert["rule"] for alert in bind["alerts"]] == ["unassigned-port"]
    assert bind["alerts"][0]["severity"] == "warning"
    # http.server takes the family that getaddrinfo(3) names first.
    assert (bind["family"], bind["address"]) in (("ipv4", "0.0.0.0"), ("ipv6", "::"))
    assert (bind["transport"], bind["port"], bind["requested_port"], bind["scope"]) == ("tcp", 1683, 1683, "any")
    iana = bind["iana"]
    assert (iana["status"], iana["listed_as"], iana["service"]) == ("unassigned", "ncpm-hip", None)
    assert events[1]["socket"]["backlog"] == 5


def test_ipv6_udp_server() -> None:
    program = (
        "import signal, socket\n"
        "s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)\n"
        "s.bind(('::', 1683))\n"
        "signal.pause()\n"
    )
    command = [PYTHON, "-c", program]
    with follow("--proto", "udp", "--family", "ipv6") as watch:
        pid = _serve(watch, command, 1683, last="bind")
        stopped = watch.stop()
    events = _by(stopped.events, pid)
    _assert_kinds(events, "bind", "release")
    _assert_process(events, pid, PYTHON, command)
    assert {(e["transport"], e["family"], e["address"]) for e in events} == {("udp", "ipv6", "::")}


def test_nginx(tmp_path: Path) -> None:
    """A master that binds and workers that hold: the claims are the master's; reuseport binds once a worker."""
    nginx = require("nginx")
    config = tmp_path / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 2; pid {tmp_path}/pid; error_log {tmp_path}/error.log;\n"
        f"events {{ worker_connections 16; }}\n"
        f"http {{ access_log off; client_body_temp_path {tmp_path}/body; proxy_temp_path {tmp_path}/proxy;\n"
        f"  fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;\n"
        f"  server {{ listen 1683; listen [::]:1684 ipv6only=on; listen 1685 reuseport; }} }}\n"
    )
    with follow() as watch:
        pid = _serve(watch, [nginx, "-e", f"{tmp_path}/error.log", "-c", str(config)], 1685, sockets=2)
        stopped = watch.stop()
    events = _by(stopped.events, pid)
    assert len(events) == 12
    for port, sockets in ((1683, 1), (1684, 1), (1685, 2)):
        told = _of(events, port)
        cookies = {event["socket"]["cookie"] for event in told}
        assert len(cookies) == sockets
        for cookie in cookies:
            _assert_kinds([e for e in told if e["socket"]["cookie"] == cookie], "bind", "listen", "release")
    bind6 = _of(events, 1684, "bind")[0]
    assert (bind6["family"], bind6["socket"]["v6only"]) == ("ipv6", True)
    assert all(event["socket"]["reuse_port"] for event in _of(events, 1685))


def test_node_server() -> None:
    node = require("node")
    command = [node, "-e", "require('http').createServer().listen(1683)"]
    with follow() as watch:
        pid = _serve(watch, command, 1683)
        stopped = watch.stop()
    events = _of(_by(stopped.events, pid), 1683)
    _assert_kinds(events, "bind", "listen", "release")
    _assert_process(events, pid, node, command)
    assert [alert["rule"] for alert in events[0]["alerts"]] == ["unassigned-port"]


GO_SERVER = """package main

import "net"

func main() {
	listener, err := net.Listen("tcp", ":1683")
	if err != nil {
		panic(err)
	}
	listener.Accept()
}
"""


def test_go_server(tmp_path: Path) -> None:
    """Whatever transport its runtime takes: tcp, or mptcp from Go 1.24 on."""
    go = require("go")
    (tmp_path / "main.go").write_text(GO_SERVER)
    server = tmp_path / "server"
    subprocess.run(
        [go, "build", "-o", server, "main.go"],
        cwd=tmp_path,
        env={**os.environ, "GO111MODULE": "off", "CGO_ENABLED": "0", "GOFLAGS": "", "GOCACHE": f"{tmp_path}/cache"},
        check=True,
    )
    with follow() as watch:
        pid = _serve(watch, [str(server)], 1683)
        stopped = watch.stop()
    mine = _by(stopped.events, pid)
    _assert_server_of_go(stopped, mine, pid, str(server))


def _assert_server_of_go(stopped: Stopped, mine: list[Record], pid: int, server: str) -> None:
    events = _of(mine, 1683)
    _assert_kinds(events, "bind", "listen", "release")
    _assert_process(events, pid, server, [server])
    assert {event["transport"] for event in events} <= {"tcp", "mptcp"}
    assert stopped.lost == 0
    # At its start Go's net package tries out IPv6 with sockets bound to port 0; they are claims like any other.
    probes = [event for event in mine if event not in events]
    assert all(event["event"] == "release" or event["requested_port"] == 0 for event in probes)
