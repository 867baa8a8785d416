# SPDX-License-Identifier: Apache-2.0
"""A bind that fails with EADDRINUSE: who is in the way, and one sentence why. Each way in IPv4 and IPv6 where it applies, and
with a holder that bindwatch has seen bind or that is older than bindwatch."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from follower import Follower, Record, follow, program
from programs import OWN_NETNS
from waiting import eventually

LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
ANY = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}
FAMILIES = [pytest.param(socket.AF_INET, id="ipv4"), pytest.param(socket.AF_INET6, id="ipv6")]
WHEN = ["seen", "older"]
ME = os.getpid()


@dataclass(frozen=True)
class Answer:
    holders: list[Record]
    reason: str

    @property
    def pids(self) -> list[int | None]:
        return [holder["pid"] for holder in self.holders]


class Scene:
    """Sets the holder up before or after bindwatch starts, then asks for its port."""

    def __init__(self, when: str) -> None:
        self._when = when

    def ask(self, hold: Callable[[], contextlib.AbstractContextManager[int]], want: Callable[[int], None]) -> Answer:
        with contextlib.ExitStack() as stack:
            if self._when == "older":
                port = stack.enter_context(hold())
            watch = stack.enter_context(follow())
            if self._when == "seen":
                port = stack.enter_context(hold())
            with pytest.raises(OSError) as error:
                want(port)
            assert error.value.errno == 98
            return _answer(watch, port)


def _answer(watch: Follower, port: int) -> Answer:
    def failed(_: list[Record]) -> list[Record]:
        return [event for event in watch.events() if event["error"] and event["port"] == port]

    event = watch.wait_for(failed, "the failure")[0]
    return Answer(event["holders"], event["reason"])


@contextlib.contextmanager
def _held(family: int, address: str, kind: int = socket.SOCK_STREAM, listen: bool = True, **options: int) -> Iterator[int]:
    with socket.socket(family, kind) as sock:
        for name, value in options.items():
            level = socket.IPPROTO_IPV6 if name.startswith("IPV6") else socket.SOL_SOCKET
            sock.setsockopt(level, getattr(socket, name), value)
        sock.bind((address, 0))
        if listen and kind == socket.SOCK_STREAM:
            sock.listen()
        yield sock.getsockname()[1]


def _want(family: int, address: str, kind: int = socket.SOCK_STREAM, **options: int) -> Callable[[int], None]:
    def bind(port: int) -> None:
        with socket.socket(family, kind) as sock:
            for name, value in options.items():
                level = socket.IPPROTO_IPV6 if name.startswith("IPV6") else socket.SOL_SOCKET
                sock.setsockopt(level, getattr(socket, name), value)
            sock.bind((address, port))

    return bind


@contextlib.contextmanager
def _other(code: str, *prefix: str) -> Iterator[tuple[int, int]]:
    """Another process that has a port: its pid and the port that it prints."""
    with subprocess.Popen(
        [*prefix, sys.executable, "-c", f"import socket, os, sys\n{code}\nsys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout
        port = int(process.stdout.readline())
        yield process.pid, port
        process.stdin.close()


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
def test_another_listener(family: int, when: str) -> None:
    address = LOOPBACK[family]
    code = f"s=socket.socket({int(family)}); s.bind(({address!r},0)); s.listen(); print(s.getsockname()[1],flush=True)"
    pids = []

    @contextlib.contextmanager
    def hold() -> Iterator[int]:
        with _other(code) as (pid, port):
            pids.append(pid)
            yield port

    answer = Scene(when).ask(hold, _want(family, address))
    assert answer.pids == pids
    (holder,) = answer.holders
    assert holder["state"] == "listen" and holder["address"] == address and holder["user"] == "root"
    assert holder["comm"].startswith("python3")
    assert (holder["since"] is None) == (when == "older")
    assert f"[{pids[0]}] listens on" in answer.reason and answer.reason.endswith(f"kill {pids[0]}")


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
def test_oneself(family: int, when: str) -> None:
    answer = Scene(when).ask(lambda: _held(family, LOOPBACK[family]), _want(family, LOOPBACK[family]))
    assert answer.pids == [ME] and answer.reason.startswith("this process itself listens on")


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_holder_has_every_address(family: int, when: str) -> None:
    answer = Scene(when).ask(lambda: _held(family, ANY[family]), _want(family, LOOPBACK[family]))
    assert answer.pids == [ME] and "which is every address of the machine" in answer.reason


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_address_is_asked_for(family: int, when: str) -> None:
    answer = Scene(when).ask(lambda: _held(family, LOOPBACK[family]), _want(family, ANY[family]))
    assert answer.pids == [ME] and f"{ANY[family]} means every address" in answer.reason


@pytest.mark.parametrize("when", WHEN)
def test_dual_stack_holds_ipv4(when: str) -> None:
    answer = Scene(when).ask(lambda: _held(socket.AF_INET6, "::", IPV6_V6ONLY=0), _want(socket.AF_INET, "127.0.0.1"))
    assert answer.pids == [ME] and "takes IPv4 as well" in answer.reason


@pytest.mark.parametrize("when", WHEN)
def test_dual_stack_is_asked_for(when: str) -> None:
    answer = Scene(when).ask(lambda: _held(socket.AF_INET, "127.0.0.1"), _want(socket.AF_INET6, "::", IPV6_V6ONLY=0))
    assert answer.pids == [ME] and "unless IPV6_V6ONLY is set" in answer.reason


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["tcp", "udp"])
def test_only_the_holder_would_share(family: int, when: str, kind: int) -> None:
    hold = lambda: _held(family, LOOPBACK[family], kind, SO_REUSEPORT=1)  # noqa: E731
    answer = Scene(when).ask(hold, _want(family, LOOPBACK[family], kind))
    assert answer.pids == [ME] and "would share it (SO_REUSEPORT)" in answer.reason


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
def test_only_the_asker_would_share(family: int, when: str) -> None:
    answer = Scene(when).ask(lambda: _held(family, LOOPBACK[family]), _want(family, LOOPBACK[family], SO_REUSEPORT=1))
    assert answer.pids == [ME] and "has not set SO_REUSEPORT" in answer.reason


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
def test_both_would_share_as_different_users(family: int, when: str) -> None:
    address = LOOPBACK[family]
    code = (
        f"s=socket.socket({int(family)}); s.setsockopt(1,15,1); s.bind(({address!r},0)); s.listen();"
        "print(s.getsockname()[1],flush=True)"
    )
    pids = []

    @contextlib.contextmanager
    def hold() -> Iterator[int]:
        with _other("os.setuid(65534)\n" + code) as (pid, port):
            pids.append(pid)
            yield port

    answer = Scene(when).ask(hold, _want(family, address, SO_REUSEPORT=1))
    assert answer.pids == pids and "different users (root and nobody)" in answer.reason


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
def test_udp_that_is_bound(family: int, when: str) -> None:
    hold = lambda: _held(family, LOOPBACK[family], socket.SOCK_DGRAM)  # noqa: E731
    answer = Scene(when).ask(hold, _want(family, LOOPBACK[family], socket.SOCK_DGRAM))
    assert answer.pids == [ME] and answer.holders[0]["state"] == "bound" and "is bound to" in answer.reason


@pytest.mark.parametrize("family", FAMILIES)
def test_bound_without_listening_and_left_to_a_child(family: int) -> None:
    """What remains of a server that has crashed: its child has the socket and knows nothing of it."""
    address = LOOPBACK[family]
    with socket.socket(family) as sock, follow() as watch:
        sock.bind((address, 0))
        port = sock.getsockname()[1]
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[sock.fileno()]) as child:
            sock.close()
            with pytest.raises(OSError):
                _want(family, address)(port)
            answer = _answer(watch, port)
            child.communicate()
    (holder,) = answer.holders
    assert holder["state"] == "bound" and "without listening" in answer.reason
    assert f"kill {child.pid}" in answer.reason


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
def test_time_wait(family: int, when: str) -> None:
    @contextlib.contextmanager
    def hold() -> Iterator[int]:
        with socket.socket(family) as server:
            server.bind((LOOPBACK[family], 0))
            server.listen()
            client = socket.create_connection(server.getsockname()[:2])
            accepted, _ = server.accept()
            port = server.getsockname()[1]
        accepted.close()  # the side that closes first waits
        client.recv(1)
        client.close()
        yield port

    answer = Scene(when).ask(hold, _want(family, LOOPBACK[family]))
    assert answer.pids == [None] and answer.holders[0]["state"] == "time_wait"
    assert "time_wait" in answer.reason and "SO_REUSEADDR" in answer.reason


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
def test_an_outgoing_connection(family: int, when: str) -> None:
    @contextlib.contextmanager
    def hold() -> Iterator[int]:
        with socket.socket(family) as server:
            server.bind((LOOPBACK[family], 0))
            server.listen()
            with socket.create_connection(server.getsockname()[:2]) as client:
                yield client.getsockname()[1]

    answer = Scene(when).ask(hold, _want(family, LOOPBACK[family]))
    assert answer.pids == [ME] and answer.holders[0]["state"] == "established"
    assert "ephemeral range" in answer.reason and "ip_local_reserved_ports" in answer.reason


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("family", FAMILIES)
def test_in_flight_between_processes(family: int, when: str) -> None:
    @contextlib.contextmanager
    def hold() -> Iterator[int]:
        left, right = socket.socketpair()
        with left, right, socket.socket(family) as sock:
            sock.bind((LOOPBACK[family], 0))
            sock.listen()
            port = sock.getsockname()[1]
            socket.send_fds(left, [b"x"], [sock.fileno()])
            sock.close()
            yield port

    answer = Scene(when).ask(hold, _want(family, LOOPBACK[family]))
    assert answer.pids == [None] and "between two processes" in answer.reason


@pytest.mark.parametrize("when", WHEN)
def test_one_in_another_namespace_is_not_in_the_way(when: str) -> None:
    """It looks so; the one in the way is here."""
    code = "s=socket.socket(); s.bind(('0.0.0.0',1683)); s.listen(); print(1683,flush=True)"

    @contextlib.contextmanager
    def hold() -> Iterator[int]:
        with _other(code, *OWN_NETNS), socket.socket() as sock:
            sock.bind(("127.0.0.1", 1683))
            sock.listen()
            yield 1683

    answer = Scene(when).ask(hold, _want(socket.AF_INET, "127.0.0.1"))
    assert answer.pids == [ME] and "this process itself" in answer.reason


@pytest.mark.parametrize("family", FAMILIES)
def test_a_listen_that_fails(family: int) -> None:
    """With SO_REUSEADDR both are bound; the second listen(2) fails."""
    with follow() as watch, socket.socket(family) as one, socket.socket(family) as other:
        for sock in (one, other):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((LOOPBACK[family], 0))
        port = one.getsockname()[1]
        other.bind((LOOPBACK[family], port))
        one.listen()
        with pytest.raises(OSError):
            other.listen()
        answer = _answer(watch, port)
    assert answer.pids == [ME] and answer.holders[0]["state"] == "listen"


def test_text_says_it_in_a_line() -> None:
    with tempfile.TemporaryFile() as out, _held(socket.AF_INET, "127.0.0.1") as port:
        with subprocess.Popen([program(), "--port", str(port)], stdout=out, stderr=subprocess.DEVNULL) as watch:
            def text() -> str:
                out.seek(0)
                return out.read().decode()

            eventually(lambda: "TIME" in text(), "the header")
            with pytest.raises(OSError):
                _want(socket.AF_INET, "127.0.0.1")(port)
            eventually(lambda: "\n  > this process itself listens on" in text(), "the sentence")
            watch.terminate()


def test_filters_do_not_hide_the_holder() -> None:
    """`--failed` alone: nothing of the holder itself is followed."""
    with _held(socket.AF_INET, "127.0.0.1") as port, follow("--failed") as watch:
        with pytest.raises(OSError):
            _want(socket.AF_INET, "127.0.0.1")(port)
        assert _answer(watch, port).pids == [ME]
