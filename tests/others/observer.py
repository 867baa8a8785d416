# SPDX-License-Identifier: Apache-2.0
"""What strace saw of binds and listens, as the events that bindwatch must tell of them.

strace knows neither bindwatch nor its hooks: it stops each system call and reads its arguments and result. From its
log the life of each socket is followed by inode number, since what a listen means depends on what was before it: on a
socket without a port it is a bind as well, on a listener it is nothing new.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

# bind and listen, and what tells which socket it is and which state it is in.
CALLS = ("socket", "accept", "accept4", "bind", "listen", "connect", "shutdown", "getsockname")

_FAMILIES = {"AF_INET": "ipv4", "AF_INET6": "ipv6", "AF_VSOCK": "vsock"}
_TRANSPORTS = {
    ("SOCK_STREAM", "IPPROTO_IP"): "tcp",
    ("SOCK_STREAM", "IPPROTO_TCP"): "tcp",
    ("SOCK_STREAM", "IPPROTO_MPTCP"): "mptcp",
    ("SOCK_STREAM", "IPPROTO_SCTP"): "sctp",
    ("SOCK_SEQPACKET", "IPPROTO_IP"): "sctp",
    ("SOCK_SEQPACKET", "IPPROTO_SCTP"): "sctp",
    ("SOCK_DGRAM", "IPPROTO_IP"): "udp",
    ("SOCK_DGRAM", "IPPROTO_UDP"): "udp",
    ("SOCK_DGRAM", "IPPROTO_UDPLITE"): "udplite",
}
_VSOCK_NAMES = {"VMADDR_CID_ANY": 0xFFFFFFFF, "VMADDR_PORT_ANY": 0xFFFFFFFF, "VMADDR_CID_HYPERVISOR": 0}
_VSOCK_NAMES |= {"VMADDR_CID_LOCAL": 1, "VMADDR_CID_HOST": 2}
_ENOUGH = {"ipv4": 16, "ipv6": 24, "vsock": 16}  # bytes of an address: less is none (SIN6_LEN_RFC2133)


class Unreadable(Exception):
    """A line of the log that this module does not understand: a comparison with it would prove nothing."""


@dataclass(frozen=True)
class Address:
    """What a bind(2) asked for."""

    family: str
    host: str
    port: int


@dataclass(frozen=True)
class Seen:
    """An event that must be told."""

    thread: int
    event: str  # bind, listen
    error: str | None  # ECONNREFUSED
    implicit: bool
    transport: str
    family: str
    inode: int  # of the socket
    asked: Address | None = None  # by a bind(2) with an address of the socket's family
    named: list[int] = field(default_factory=list, compare=False)  # the port by the getsockname(2) calls after it


@dataclass
class _Socket:
    inode: int
    family: str
    transport: str
    port_asked: int | None = None  # 0: the kernel chose it
    bound: bool = False
    listening: bool = False
    last_bind: Seen | None = None


@dataclass(frozen=True)
class _Call:
    thread: int
    name: str
    arguments: str
    result: int
    error: str | None
    made: int | None  # inode of the socket that it returned


def command(log: Path) -> list[str]:
    """The prefix of a command that is to be observed, with all its descendants; it stays the caller's child."""
    # With a seccomp filter only these calls stop; the others run at full speed.
    which = ["-qqq", "-e", "signal=none", "-e", f"trace={','.join(CALLS)}"]
    # -DDD: the program is the child of who starts it, as without strace, and cannot signal strace with its group.
    return ["strace", "-DDD", "-f", "--seccomp-bpf", "-y", *which, "-o", str(log), "--"]


def seen(log: Iterable[str]) -> list[Seen]:
    """The events that follow from a log, in its order. Raises Unreadable."""
    sockets: dict[int, _Socket | None] = {}  # None: not of bindwatch's kinds
    events: list[Seen] = []
    for call in _calls(log):
        if call.name in ("socket", "accept", "accept4"):
            if call.made is not None:
                sockets[call.made] = _made(call, sockets)
            continue
        inode = _inode(call.arguments)
        if inode is None:  # no socket
            continue
        if inode not in sockets:
            if call.name not in ("bind", "listen"):  # of socketpair(2), say
                continue
            raise Unreadable(f"{call}: where this socket comes from was not seen")
        if (socket := sockets[inode]) is not None:
            events += _events(call, socket)
    return events


def _made(call: _Call, sockets: dict[int, _Socket | None]) -> _Socket | None:
    assert call.made is not None
    if call.name == "socket":
        family, kind, protocol = call.arguments.split(", ")
        transport = _transport(family, kind.split("|")[0], protocol)
        return _Socket(call.made, _FAMILIES[family], transport) if transport else None
    listener = sockets.get(_inode(call.arguments) or 0)
    return _Socket(call.made, listener.family, listener.transport, bound=True) if listener else None


def _transport(family: str, kind: str, protocol: str) -> str | None:
    if family == "AF_VSOCK":
        return "vsock"
    return _TRANSPORTS.get((kind, protocol)) if family in _FAMILIES else None


def _events(call: _Call, socket: _Socket) -> list[Seen]:
    match call.name:
        case "bind":
            return [_bind(call, socket)]
        case "listen":
            return _listen(call, socket)
        case "shutdown" if call.error is None and socket.listening and not call.arguments.endswith("SHUT_WR"):
            _disconnect(socket)
        case "connect" if call.error is None and "sa_family=AF_UNSPEC" in call.arguments:
            _disconnect(socket)
        case "getsockname" if call.error is None and socket.last_bind and socket.bound:
            if (address := _address(call.arguments)) and address.port:
                socket.last_bind.named.append(address.port)
    return []


def _bind(call: _Call, socket: _Socket) -> Seen:
    asked = _address(call.arguments)
    length = int(call.arguments.rsplit(", ", 1)[1])
    if asked and (asked.family != socket.family or length < _ENOUGH[socket.family]):
        asked = None
    if call.error is None and asked is None:
        raise Unreadable(f"{call}: bound to an address that this module cannot read")
    event = Seen(call.thread, "bind", call.error, False, socket.transport, socket.family, socket.inode, asked)
    if call.error is None and asked:
        socket.bound, socket.port_asked, socket.last_bind = True, asked.port, event
    return event


def _listen(call: _Call, socket: _Socket) -> list[Seen]:
    what = (socket.transport, socket.family, socket.inode)
    if call.error is not None:
        return [Seen(call.thread, "listen", call.error, False, *what)]
    events = []
    if not socket.bound:
        events.append(Seen(call.thread, "bind", None, True, *what))
        socket.bound, socket.port_asked, socket.last_bind = True, None, events[0]
    if not socket.listening:
        events.append(Seen(call.thread, "listen", None, False, *what))
        socket.listening = True
    return events


def _disconnect(socket: _Socket) -> None:
    """tcp_disconnect, __udp_disconnect: a port that the kernel chose is given up, one that was asked for is kept."""
    socket.listening = False
    if not socket.port_asked:
        socket.bound = False


def _calls(log: Iterable[str]) -> Iterator[_Call]:
    """One a finished call, in the order in which they finished."""
    unfinished: dict[int, str] = {}
    for line in log:
        number, _, text = line.rstrip("\n").partition(" ")
        thread, text = int(number), text.lstrip()
        if text.endswith("<unfinished ...>"):
            unfinished[thread] = text.removesuffix("<unfinished ...>")
            continue
        if resumed := re.match(r"<\.\.\. \w+ resumed>", text):
            text = unfinished.pop(thread) + text[resumed.end() :]
        # Of a thread that was ending with its process, "???(" where strace had not asked yet which call it is.
        if text.endswith("<detached ...>"):
            continue
        # Interrupted or killed in the call: it had no outcome.
        if not text.startswith(("+++", "---")) and not re.search(r"\)\s+= \?", text):
            yield _call(thread, text)


def _call(thread: int, text: str) -> _Call:
    found = re.fullmatch(r"(\w+)\((.*)\)\s+= (-?\d+)(?:<(.*)>)?(?: (E\w+) \(.*\))?", text)
    if not found:
        raise Unreadable(f"{thread} {text}")
    name, arguments, result, path, error = found.groups()
    return _Call(thread, name, arguments.rstrip(), int(result), error, _socket_number(path))


def _inode(arguments: str) -> int | None:
    """Of the socket that is the first argument, as in `3<socket:[4711]>, …`."""
    found = re.match(r"\d+<(socket:\[\d+\])>", arguments)
    return _socket_number(found[1]) if found else None


def _socket_number(path: str | None) -> int | None:
    found = re.fullmatch(r"socket:\[(\d+)\]", path or "")
    return int(found[1]) if found else None


def _address(arguments: str) -> Address | None:
    if found := re.search(r'sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)', arguments):
        return Address("ipv4", found[2], int(found[1]))
    if found := re.search(r"sa_family=AF_INET6, sin6_port=htons\((\d+)\)", arguments):
        host = re.search(r'inet_pton\(AF_INET6, "([^"]+)"', arguments)
        return Address("ipv6", str(ipaddress.ip_address(host[1])), int(found[1])) if host else None
    if found := re.search(r"sa_family=AF_VSOCK, svm_cid=(\w+), svm_port=(\w+)", arguments):
        cid, port = (_VSOCK_NAMES[word] if word in _VSOCK_NAMES else int(word, 0) for word in found.groups())
        return Address("vsock", str(cid), port)
    return None
