# SPDX-License-Identifier: Apache-2.0
"""`bindwatch who PORT`: who has it, what ends that, and the exit status of a question."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

import cgroups
import schema
from capabilities import as_user, readable_copy
from follower import Record, program
from programs import OWN_NETNS, running
from waiting import PATIENCE, eventually


def _who(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program(), "who", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )


def _json(*words: str) -> list[Record]:
    records = [json.loads(line) for line in _who(*words, "--json").stdout.splitlines()]
    for record in records:
        assert not schema.problems(record), record
    return records


@contextlib.contextmanager
def _listener(family: int = socket.AF_INET, address: str = "127.0.0.1") -> Iterator[tuple[socket.socket, str]]:
    with socket.socket(family) as sock:
        sock.bind((address, 0))
        sock.listen()
        yield sock, str(sock.getsockname()[1])


@pytest.mark.parametrize("family,address", [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_somebody_has_it(family: int, address: str) -> None:
    with _listener(family, address) as (_, port):
        for word in (port, f"{port}/tcp"):
            done = _who(word)
            assert done.returncode == 0 and done.stderr == "", done
            title, *rest = done.stdout.splitlines()
            assert title == f"{port}/tcp: {_comm()}[{os.getpid()}] listens on {address}"
            facts = {line[:13].strip(): line[13:] for line in rest}
            assert facts["executable"] == os.readlink("/proc/self/exe")
            assert facts["user"] == "root (0)"
            assert facts["to stop it"] == f"kill {os.getpid()}"
            assert facts["started by"].startswith(_comm("ppid"))
            assert facts["since"].endswith(f"ago): when {_comm()}[{os.getpid()}] started, which made the socket")
        (record,) = _json(port)
        assert record["process"]["pid"] == os.getpid()


def _comm(of: str = "pid") -> str:
    pid = os.getppid() if of == "ppid" else os.getpid()
    with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
        return file.read().rstrip("\n")


def test_nobody_has_it() -> None:
    with _listener() as (_, port):
        assert _who(f"{port}/udp").returncode == 1
    done = _who(port)
    assert (done.returncode, done.stdout, done.stderr) == (1, f"nothing holds {port}\n", "")


def test_who_shares_it_and_who_is_only_connected() -> None:
    with _listener() as (sock, port), socket.create_connection(sock.getsockname()) as client:
        accepted, _ = sock.accept()
        with accepted, subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[sock.fileno()]) as child:
            text = _who(port).stdout
            child.communicate()
        assert f"{_comm()}[{os.getpid()}] fd {sock.fileno()}: made it\n" in text
        assert f"cat[{child.pid}] fd {sock.fileno()}: child of {_comm()}[{os.getpid()}]\n" in text
        assert f"kill {os.getpid()} {child.pid}" in text
        assert f"1 established connection of {_comm()}[{os.getpid()}]\n" in text
        outgoing = str(client.getsockname()[1])
        assert "for which the kernel chose the port: it comes back when they end" in _who(outgoing).stdout


def _sharers(port: str) -> dict[int, Record]:
    (record,) = _json(port)
    return {each["pid"]: each for each in record["found"]["sharers"]}


def test_one_that_was_sent_the_socket_is_no_heir() -> None:
    """SCM_RIGHTS between processes that are not related leaves no trace, and none is made up."""
    path = f"\0bindwatch-{os.getpid()}"
    code = (
        "import os,socket,sys; os.setsid(); s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1].replace('@','\\0'));"
        "fds=socket.recv_fds(s,1,1)[1]; print(os.getpid(),fds[0],flush=True); s.recv(1)"
    )
    with socket.socket(socket.AF_UNIX) as unix, _listener() as (sock, port):
        unix.bind(path)
        unix.listen()
        # Its parent has gone when it is asked about.
        starter = f"import subprocess,sys; subprocess.Popen([sys.executable,'-c',{code!r},{path.replace(chr(0), '@')!r}])"
        with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True) as started:
            receiver, _ = unix.accept()
            with receiver:
                assert started.wait(PATIENCE) == 0 and started.stdout
                socket.send_fds(receiver, [b"x"], [sock.fileno()])
                pid, fd = map(int, started.stdout.readline().split())
                sharers, text = _sharers(port), _who(port).stdout
    assert sharers[pid]["ancestor"] is None and sharers[pid]["activated"] is False
    assert f"[{pid}] fd {fd}: how it came by the socket is not known\n" in text


@pytest.mark.parametrize("within", [(), ("unshare", "--pid", "--fork", "--mount-proc")], ids=["here", "in a pid namespace"])
def test_socket_activation_is_told_by_what_the_service_was_started_with(within: tuple[str, ...]) -> None:
    service = (
        "import os,sys; os.dup2(int(sys.argv[1]),3); os.environ.update(LISTEN_PID=str(os.getpid()),LISTEN_FDS='1');"
        "os.execvp(sys.executable,[sys.executable,'-c',"
        "'import os,subprocess,sys; c=subprocess.Popen([\"cat\"],stdin=0,pass_fds=[3]); print(flush=True); c.wait()'])"
    )
    with _listener() as (sock, port):
        with subprocess.Popen(
            [*within, sys.executable, "-c", service, str(sock.fileno())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[sock.fileno()],
        ) as started:
            assert started.stdout and started.stdout.readline() == b"\n"
            sharers, text = _sharers(port), _who(port).stdout
            started.communicate()
    (activated,) = [each for each in sharers.values() if each["activated"]]
    assert 3 in activated["fds"] and activated["ancestor"] == (started.pid if within else os.getpid())
    assert f"{activated['comm']}[{activated['pid']}] fd " in text and ": was started with it (socket activation), child of" in text
    (worker,) = [each for each in sharers.values() if each["ancestor"] == activated["pid"]]
    assert worker["comm"] == "cat" and worker["activated"] is False, "what it has inherited is not meant for it"


def test_a_container_and_a_service_are_what_to_stop() -> None:
    code = "import socket; s=socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); print(s.getsockname()[1], flush=True); input()"
    for path, command in (
        ("/docker/" + "7951fb54" * 8, "docker stop 7951fb547951"),
        ("/system.slice/shop.service", "systemctl stop shop.service"),
    ):
        with cgroups.made(cgroups.mount_point(), path) as group:
            with subprocess.Popen(
                [*cgroups.inside(group), sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            ) as server:
                assert server.stdout
                text = _who(server.stdout.readline().strip()).stdout
                server.communicate("\n")
        assert command in text, text


def test_one_elsewhere_is_said_to_be_in_nobodys_way_here() -> None:
    code = "import socket; s=socket.socket(); s.bind(('0.0.0.0', 1683)); s.listen(); print('ready', flush=True); input()"
    with subprocess.Popen(
        [*OWN_NETNS, sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout and server.stdout.readline() == "ready\n"
        netns = os.stat(f"/proc/{server.pid}/ns/net").st_ino
        done = _who("1683")
        server.communicate("\n")
    assert done.returncode == 0 and f"namespace {netns}, not this one" in done.stdout, done


def test_wait_ends_when_it_is_free() -> None:
    with _listener() as (sock, port):
        with running([program(), "who", port, "--wait"]) as waiting:
            time.sleep(0.5)
            assert waiting.poll() is None, "somebody has it"
            sock.close()
            assert waiting.wait(PATIENCE) == 0
    assert _who(port, "--wait").returncode == 0, "nobody had it"


def test_wait_can_be_given_up() -> None:
    with _listener() as (_, port):
        with subprocess.Popen([program(), "who", port, "--wait"], stdout=subprocess.PIPE) as waiting:
            assert waiting.stdout and waiting.stdout.readline()
            waiting.send_signal(signal.SIGINT)
            assert waiting.wait(PATIENCE) in (1, -signal.SIGINT)


TRY = """
import socket, sys
for _ in range(int(sys.argv[2])):
    try:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", int(sys.argv[1])))
    except OSError:
        pass
"""


def _try(port: str, times: int) -> int:
    """The pid of a process that has tried so often in vain."""
    with subprocess.Popen([sys.executable, "-c", TRY, port, str(times)]) as process:
        assert process.wait(PATIENCE) == 0
        return process.pid


def test_wait_says_at_its_end_who_tried_in_vain() -> None:
    with _listener() as (sock, port):
        with subprocess.Popen([program(), "who", port, "--wait"], stdout=subprocess.PIPE, text=True) as waiting:
            assert waiting.stdout and waiting.stdout.readline(), "it has looked"
            once, thrice = _try(port, 1), _try(port, 3)
            sock.close()
            *_, free, tried = waiting.communicate(timeout=PATIENCE)[0].splitlines()
    assert waiting.returncode == 0 and free.startswith(f"{port} is free after ")
    pattern = rf"2 processes tried in vain: python3\S*\[{thrice}\] 3 times, last at [\d:.]+; python3\S*\[{once}\] at [\d:.]+"
    assert re.fullmatch(pattern, tried), tried


def test_wait_that_is_given_up_says_so_too() -> None:
    with _listener() as (_, port):
        with subprocess.Popen([program(), "who", port, "--wait"], stdout=subprocess.PIPE, text=True) as waiting:
            assert waiting.stdout and waiting.stdout.readline()
            pid = _try(port, 2)
            waiting.send_signal(signal.SIGTERM)
            *_, taken, tried = waiting.communicate(timeout=PATIENCE)[0].splitlines()
    assert waiting.returncode == 1 and taken.startswith(f"{port} is still taken after ")
    assert f"[{pid}] 2 times, last at " in tried


def test_wait_without_anybody_else_says_nothing_of_tries() -> None:
    with _listener() as (sock, port):
        with subprocess.Popen([program(), "who", port, "--wait"], stdout=subprocess.PIPE, text=True) as waiting:
            assert waiting.stdout and waiting.stdout.readline()
            sock.close()
            text = waiting.communicate(timeout=PATIENCE)[0]
    assert text.splitlines()[-1].startswith(f"{port} is free after ") and "in vain" not in text


def test_wait_is_over_when_the_kernel_has_let_go_not_when_the_process_has() -> None:
    """A connection in TIME_WAIT keeps the port for a minute after its last event."""
    with _listener() as (sock, port):
        client = socket.create_connection(sock.getsockname())
        accepted, _ = sock.accept()
        with running([program(), "who", port, "--wait"], stdout=subprocess.PIPE) as waiting:
            assert waiting.stdout and waiting.stdout.readline()
            sock.close()
            accepted.close()  # who closes first waits
            client.recv(1)
            client.close()
            time.sleep(1)
            assert waiting.poll() is None
            assert "1 time_wait connection" in _who(port).stdout


def _stream(lines: str) -> list[Record]:
    records = [json.loads(line) for line in lines.splitlines()]
    for record in records:
        assert not schema.problems(record), (schema.problems(record), record)
    assert [record["seq"] for record in records] == list(range(1, len(records) + 1))
    return records


def _told(record: Record) -> str:
    return record["event"] if "outcome" not in record else f"{record['origin']} {record['event']} {record['outcome']}"


@pytest.mark.parametrize("flag", ["--wait", "--watch"])
def test_as_json_it_is_one_stream_from_what_exists_to_the_release(flag: str) -> None:
    with _listener() as (sock, port):
        with subprocess.Popen([program(), "who", port, flag, "--json"], stdout=subprocess.PIPE, text=True) as watching:
            assert watching.stdout
            lines = watching.stdout.readline() + watching.stdout.readline()
            pid = _try(port, 1)
            lines += watching.stdout.readline()
            sock.close()
            lines += watching.stdout.readline()
            if flag == "--watch":
                watching.send_signal(signal.SIGINT)
            lines += watching.communicate(timeout=PATIENCE)[0]
    assert watching.returncode == 0
    records = _stream(lines)
    events = ["start", "snapshot bind success", "live bind failure", "live release success", "stop"]
    assert list(map(_told, records)) == events
    assert records[2]["process"]["pid"] == pid and records[2]["error"]["name"] == "EADDRINUSE"
    assert [holder["pid"] for holder in records[2]["holders"]] == [os.getpid()]


def test_watch_as_text_tells_the_answer_then_the_tries_then_their_sum() -> None:
    with _listener() as (sock, port):
        with subprocess.Popen(
            [program(), "who", port, "--watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as watching:
            assert watching.stdout and watching.stdout.readline().startswith(f"{port}/tcp: {_comm()}[{os.getpid()}] listens")
            pid = _try(port, 2)
            line = next(line for line in watching.stdout if "EADDRINUSE" in line)
            assert f"[{pid}]" in line
            sock.close()
            assert next(line for line in watching.stdout if "release" in line)
            watching.send_signal(signal.SIGINT)
            _, errors = watching.communicate(timeout=PATIENCE)
    assert watching.returncode == 0
    assert f"1 process tried in vain: python3[{pid}] 2 times, last at " in errors.replace("python3.11", "python3")


def test_nothing_falls_between_the_look_and_the_events() -> None:
    """Somebody tries all the time: the first failure that is told is older than the look."""
    with _listener() as (_, port):
        with running([sys.executable, "-c", TRY, port, "1000000000"]):
            with subprocess.Popen([program(), "who", port, "--watch", "--json"], stdout=subprocess.PIPE, text=True) as watching:
                assert watching.stdout
                records = [json.loads(watching.stdout.readline()) for _ in range(3)]
                watching.send_signal(signal.SIGINT)
                watching.communicate(timeout=PATIENCE)
    assert list(map(_told, records)) == ["start", "snapshot bind success", "live bind failure"]
    assert records[2]["time"] < records[1]["time"], records


def test_wait_works_where_nothing_can_be_attached_and_says_what_it_does_not_see() -> None:
    with _listener() as (sock, port), readable_copy(program()) as bindwatch:
        command = [*as_user("CAP_BPF", "CAP_PERFMON"), bindwatch, "who", port, "--wait"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:
            assert waiting.stdout and waiting.stdout.readline().startswith(f"{port}/tcp: ")
            time.sleep(0.5)
            assert waiting.poll() is None, "somebody has it"
            sock.close()
            _, errors = waiting.communicate(timeout=PATIENCE)
    assert waiting.returncode == 0
    assert "who tries to get the port meanwhile is not seen: not enough privilege: " in errors


def test_watch_without_privileges_is_one_line() -> None:
    with readable_copy(program()) as bindwatch:
        for flag in ("--wait", "--watch"):
            done = subprocess.run([*as_user(), bindwatch, "who", "1683", flag], capture_output=True, text=True, timeout=PATIENCE)
            assert done.returncode == 3 and done.stdout == "", done
            assert done.stderr.count("\n") == 1 and "CAP_BPF" in done.stderr


def test_a_reader_that_has_gone_is_no_failure() -> None:
    with _listener() as (_, port):
        command = f"{program()} who {port}; echo $? >&2"
        done = subprocess.run(["bash", "-c", f"({command}) | true"], capture_output=True, text=True, timeout=PATIENCE)
    assert eventually(lambda: done.stderr, "the status") in ("0\n",), done
