# SPDX-License-Identifier: Apache-2.0
"""`bindwatch list`: every claim that exists, who has it, in all network namespaces."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence

import pytest

import schema
from capabilities import as_user, readable_copy
from follower import Record, program
from programs import OWN_NETNS
from waiting import PATIENCE, eventually


def _run(*flags: str, within: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*within, program(), "list", *flags], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )


def _list(*flags: str, within: Sequence[str] = ()) -> list[Record]:
    done = _run("--json", *flags, within=within)
    assert done.returncode == 0 and done.stderr == "", done
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["seq"] for record in records] == list(range(1, len(records) + 1))
    for record in records:
        assert not schema.problems(record), (schema.problems(record), record)
        assert record["origin"] == "snapshot"
    return records


def _cookie(sock: socket.socket) -> int:
    return int.from_bytes(sock.getsockopt(socket.SOL_SOCKET, 57, 8), sys.byteorder)  # SO_COOKIE


def _of(records: list[Record], sock: socket.socket) -> list[Record]:
    cookie = _cookie(sock)
    return [record for record in records if record["socket"]["cookie"] == cookie]


def _only(records: list[Record], sock: socket.socket) -> Record:
    (record,) = _of(records, sock)
    return record


@contextlib.contextmanager
def _socket(family: int, kind: int, address: str, listen: bool = False) -> Iterator[socket.socket]:
    with socket.socket(family, kind) as sock:
        sock.getsockopt(socket.SOL_SOCKET, 57, 8)  # gives it its cookie
        sock.bind((address, 0))
        if listen:
            sock.listen(7)
        yield sock


def test_a_listener_and_what_is_known_of_its_process() -> None:
    with _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", listen=True) as sock:
        record = _only(_list(), sock)
    assert record["event"] == "bind" and record["outcome"] == "success"
    assert (record["transport"], record["address"], record["port"]) == ("tcp", "127.0.0.1", sock_port(record))
    assert record["socket"]["backlog"] == 7 and record["requested_port"] is None
    process = record["process"]
    assert process["pid"] == os.getpid() and process["ppid"] == os.getppid()
    assert process["exe"] == os.readlink("/proc/self/exe")
    with open("/proc/self/cmdline", "rb") as file:
        assert process["args"] == file.read().decode().rstrip("\0").split("\0")
    assert process["uid"] == os.geteuid() and process["user"] == "root"
    assert process["ancestors"][0]["pid"] == os.getppid()
    assert record["cgroup"]["path"].startswith("/")
    assert record["found"]["state"] == "listen" and record["found"]["unheld"] is None


def sock_port(record: Record) -> int:
    port: int = record["port"]
    assert 0 < port < 65536
    return port


@pytest.mark.parametrize("family,any_address", [(socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")])
def test_udp_and_what_only_has_a_port(family: int, any_address: str) -> None:
    with _socket(family, socket.SOCK_DGRAM, any_address) as udp, _socket(family, socket.SOCK_STREAM, any_address) as tcp:
        records = _list()
        for sock, transport in ((udp, "udp"), (tcp, "tcp")):
            record = _only(records, sock)
            assert (record["event"], record["transport"], record["found"]["state"]) == ("bind", transport, "bound")
            assert (record["address"], record["port"]) == sock.getsockname()[:2]


def test_connections_are_no_claims_but_can_be_asked_for() -> None:
    with _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", listen=True) as server:
        with socket.create_connection(server.getsockname()) as client:
            accepted, _ = server.accept()
            with accepted:
                for sock in (client, accepted):
                    sock.getsockopt(socket.SOL_SOCKET, 57, 8)
                claims, everything = _list(), _list("--all")
                assert not _of(claims, client) and not _of(claims, accepted)
                for sock in (client, accepted):
                    found = _only(everything, sock)["found"]
                    assert found["state"] == "established" and not found["asked"]
                    assert found["peer"] == dict(zip(("address", "port"), sock.getpeername()))


def test_a_socket_in_another_namespace_is_there_too() -> None:
    code = (
        "import socket,sys; s=socket.socket(); s.bind(('0.0.0.0',1683)); s.listen();"
        "print(int.from_bytes(s.getsockopt(1,57,8),sys.byteorder),flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [*OWN_NETNS, sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdin and server.stdout
        cookie = int(server.stdout.readline())
        (record,) = [each for each in _list("--port", "1683") if each["socket"]["cookie"] == cookie]
        netns = os.stat(f"/proc/{server.pid}/ns/net").st_ino
        assert record["socket"]["netns"] == netns and record["process"]["pid"] == server.pid
        assert [alert["rule"] for alert in record["alerts"]] == ["unassigned-port"]
        assert f"netns {netns}" in _run("--port", "1683").stdout
        server.stdin.close()


def test_everybody_who_shares_a_socket() -> None:
    with _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", listen=True) as sock:
        second = os.dup(sock.fileno())
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[second]) as child:
            record = _only(_list(), sock)
            sharers = record["found"]["sharers"]
            assert [(each["pid"], each["fds"]) for each in sharers] == [
                (os.getpid(), sorted([sock.fileno(), second])),
                (child.pid, [second]),
            ]
            assert record["process"]["pid"] == os.getpid(), "the oldest comes first"
            by_child = _only(_list("--pid", str(child.pid)), sock)
            assert by_child["process"]["comm"] == "cat", "a filter finds it by any of them"
            tree = _run("--tree", "--port", str(record["port"])).stdout
            assert f"cat[{child.pid}] fd {second}: child of " in tree and "made it" in tree
            child.communicate()
        os.close(second)


def test_who_made_a_socket_that_others_have_by_now() -> None:
    """The kernel keeps the credentials of whoever made it: neither chown nor setuid changes that."""
    with _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", listen=True) as sock:
        os.fchown(sock.fileno(), 12345, 12345)
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[sock.fileno()]) as child:
            record = _only(_list(), sock)
            child.communicate()
    assert record["found"]["maker"] == {"uid": 0, "user": "root", "pid": os.getpid()}
    assert record["found"]["not_before"] == record["process"]["start_time"]


CHANGES = {
    "it has gone": "if os.fork(): os._exit(0)",
    "it has another user": "os.setuid(54321)",
    "it is another program": "os.execvp('cat', ['cat'])",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_maker_that_is_no_longer_who_it_was(change: str) -> None:
    """Its user is still known, but no process can be named for it, and so no bound of the socket's age."""
    code = (
        "import os,socket; s=socket.create_server(('127.0.0.1',0)); os.set_inheritable(s.fileno(), True);"
        f"os.write(1, b'%d\\n' % s.getsockname()[1]); os.read(0, 1)\n{change}\nos.read(0, 1)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin and server.stdout
        port = server.stdout.readline().decode().strip()
        assert _maker(port)["pid"] == server.pid
        server.stdin.write(b"x")
        server.stdin.flush()
        eventually(lambda: _maker(port)["pid"] is None, "the change")
        (record,) = _list("--port", port)
        server.stdin.close()
    assert record["found"]["maker"] == {"uid": 0, "user": "root", "pid": None}
    assert record["found"]["not_before"] is None and record["found"]["sharers"]


def _maker(port: str) -> Record:
    (record,) = _list("--port", port)
    maker: Record = record["found"]["maker"]
    return maker


def test_the_user_that_made_it_is_not_the_one_that_has_it() -> None:
    os.seteuid(54321)
    try:
        sock = socket.create_server(("127.0.0.1", 0))
    finally:
        os.seteuid(0)
    with sock:
        port = str(sock.getsockname()[1])
        assert _maker(port) == {"uid": 54321, "user": None, "pid": None}


def test_a_thread_makes_it_for_its_process() -> None:
    made: list[socket.socket] = []
    thread = threading.Thread(target=lambda: made.append(socket.create_server(("127.0.0.1", 0))))
    thread.start()
    thread.join()
    with made[0]:
        (record,) = _list("--port", str(made[0].getsockname()[1]))
    assert record["found"]["maker"]["pid"] == os.getpid()


@pytest.mark.parametrize("family,any_address", [(socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")])
@pytest.mark.parametrize("kind", ["listener", "udp", "connected udp"])
def test_a_socket_in_flight_between_processes(family: int, any_address: str, kind: str) -> None:
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    stream = kind == "listener"
    with left, right, _socket(family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM, any_address, stream) as sock:
        port = sock.getsockname()[1]
        if kind == "connected udp":
            sock.close()
            sock = socket.socket(family, socket.SOCK_DGRAM)
            sock.bind((any_address, port))  # this time it is asked for, which makes it a claim although connected
            sock.connect(("127.0.0.1" if family == socket.AF_INET else "::1", 9))
        socket.send_fds(left, [b"x"], [sock.fileno()])
        sock.close()
        (record,) = _list("--port", str(port))
        assert record["process"] is None and record["found"]["unheld"] == "in-flight"
        assert record["found"]["maker"] == {"uid": 0, "user": "root", "pid": None}
        assert record["found"]["sharers"] == []
        assert "(in flight)" in _run("--port", str(port)).stdout
        assert record in [{**each, "seq": record["seq"], "time": record["time"]} for each in _list()], "without a filter too"


def test_a_claim_that_its_program_has_left() -> None:
    with _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", listen=True) as server:
        with _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1") as chosen:
            port = chosen.getsockname()[1]
        client = socket.socket()
        client.bind(("127.0.0.1", port))
        client.connect(server.getsockname())
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                client.send(bytes(65536))
        client.close()  # with more on its way than the server takes
        (record,) = _list("--port", str(port))
        assert record["found"]["state"] == "fin_wait1" and record["found"]["asked"]
        assert record["process"] is None and record["found"]["unheld"] == "orphan"
        assert record in [{**each, "seq": record["seq"], "time": record["time"]} for each in _list()], "without a filter too"


def test_a_connection_that_nobody_has_in_a_namespace_of_listeners() -> None:
    """Its namespace is not searched for connections while the kernel counts none there: it counts this one."""
    code = (
        "import os,socket,sys; l=socket.create_server(('127.0.0.1',1683)); os.system('ip link set lo up');"
        "c=socket.socket(); c.bind(('127.0.0.1',1684)); c.connect(l.getsockname());"
        "a,b=socket.socketpair(socket.AF_UNIX); socket.send_fds(a,[b'x'],[c.fileno()]); c.close();"
        "print('ready',flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [*OWN_NETNS, sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdin and server.stdout and server.stdout.readline() == b"ready\n"
        netns = os.stat(f"/proc/{server.pid}/ns/net").st_ino
        for flags in ((), ("--port", "1684"), ("--all",)):
            (record,) = [each for each in _list(*flags) if each["port"] == 1684 and each["socket"]["netns"] == netns]
            assert record["found"]["state"] == "established" and record["found"]["unheld"] == "in-flight"
        server.stdin.close()


def test_whoever_is_listed_has_a_cookie() -> None:
    with socket.socket() as tcp, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp.bind(("::1", 0))
        records = [_list("--proto", proto, "--port", str(sock.getsockname()[1])) for proto, sock in (("tcp", tcp), ("udp", udp))]
        for sock, told in zip((tcp, udp), records):
            assert [each["socket"]["cookie"] for each in told] == [_cookie(sock)]


def test_time_wait_has_nobody() -> None:
    with _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", listen=True) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
        accepted.close()  # the side that closes first waits
        client.recv(1)
        client.close()
        waiting = [each for each in _list("--all", "--port", str(port)) if each["found"]["state"] == "time_wait"]
    assert len(waiting) == 1
    assert waiting[0]["process"] is None and waiting[0]["found"]["unheld"] == "orphan"
    assert waiting[0]["found"]["maker"] is None and waiting[0]["found"]["not_before"] is None


def test_filters_choose() -> None:
    with _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", listen=True) as tcp:
        with _socket(socket.AF_INET6, socket.SOCK_DGRAM, "::1") as udp:
            port = tcp.getsockname()[1]
            mine = str(os.getpid())
            chosen = {
                ("--port", str(port)): (True, False),
                ("--exclude-port", str(port)): (False, True),
                ("--proto", "udp"): (False, True),
                ("--family", "ipv4"): (True, False),
                ("--address", "::1"): (False, True),
                ("--pid", mine): (True, True),
                ("--uid", "root"): (True, True),
                ("--comm", "no-such-comm"): (False, False),
                ("--exe", os.readlink("/proc/self/exe")): (True, True),
                ("--no-containers",): (True, True),
                ("--containers",): (False, False),
            }
            for flags, expected in chosen.items():
                records = _list(*flags)
                assert (bool(_of(records, tcp)), bool(_of(records, udp))) == expected, flags
                again = _list(*flags, "--no-kernel-filters")
                assert (bool(_of(again, tcp)), bool(_of(again, udp))) == expected, flags


def test_a_thousand_sockets_in_one_process() -> None:
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(_socket(socket.AF_INET, socket.SOCK_DGRAM, "127.0.0.1")) for _ in range(900)]
        cookies = [record["socket"]["cookie"] for record in _list("--pid", str(os.getpid()))]
        for sock in socks:
            assert cookies.count(_cookie(sock)) == 1
        assert len(cookies) == len(set(cookies))


def test_it_leaves_us_in_our_namespace_and_writes_to_a_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    target = tmp_path / "claims.json"
    with _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", listen=True) as sock:
        done = _run("-o", f"json=file:{target}", "-o", "text", "--pid", str(os.getpid()))
        assert done.returncode == 0
        assert f"{sock.getsockname()[1]}/tcp" in done.stdout
        assert _only([json.loads(line) for line in target.read_text().splitlines()], sock)


def test_without_privilege_it_says_so() -> None:
    with readable_copy(program()) as bindwatch:
        done = subprocess.run([*as_user(), bindwatch, "list"], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 3 and "CAP_BPF" in done.stderr and done.stderr.count("\n") == 1, done


def test_two_capabilities_are_enough_here_and_the_rest_is_named() -> None:
    """Without CAP_SYS_ADMIN it sees the processes of all namespaces; of sockets that nobody has only those of its own."""
    with subprocess.Popen([*OWN_NETNS, "cat"], stdin=subprocess.PIPE) as other:
        with readable_copy(program()) as bindwatch, _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1") as sock:
            command = [*as_user("CAP_BPF", "CAP_PERFMON"), bindwatch, "list", "--json"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        other.communicate()
    assert done.returncode == 0, done
    assert any((json.loads(line)["process"] or {}).get("pid") == os.getpid() for line in done.stdout.splitlines())
    assert "CAP_SYS_ADMIN" in done.stderr and done.stderr.count("\n") == 1, done.stderr


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_full_disk_is_a_failure_that_names_it(format: str) -> None:
    with _socket(socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1", listen=True) as sock:
        port = str(sock.getsockname()[1])
        for command in (["list", "-o", f"{format}=file:/dev/full"], ["who", port, *(["--json"] if format == "json" else [])]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([program(), *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
            assert done.returncode == 1 and "No space left" in done.stderr and done.stderr.count("\n") == 1, done


def test_a_reader_that_has_gone_is_no_failure() -> None:
    done = subprocess.run(
        ["bash", "-c", f"({program()} list --all; echo $? >&2) | true"], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.stderr == "0\n", done
