# SPDX-License-Identifier: Apache-2.0
"""What follows from a log of strace. The lines are strace 6.1's own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from observer import Address, Seen, Unreadable, seen  # noqa: E402

_TCP = "10 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3<socket:[77]>"
_ANY_PORT = '{sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16)'
_PORT_80 = '{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16)'
_BIND = f"10 bind(3<socket:[77]>, {_PORT_80} = 0"
_LISTEN = "10 listen(3<socket:[77]>, 128)          = 0"


def _kinds(*lines: str) -> list[str]:
    return [f"{'implicit ' if one.implicit else ''}{one.event} {one.error or 'success'}" for one in seen(lines)]


def test_bind_and_listen() -> None:
    asked = Address("ipv4", "127.0.0.1", 80)
    assert seen([_TCP, _BIND, _LISTEN]) == [
        Seen(10, "bind", None, False, "tcp", "ipv4", 77, asked),
        Seen(10, "listen", None, False, "tcp", "ipv4", 77),
    ]


def test_a_second_listen_is_no_new_one() -> None:
    assert _kinds(_TCP, _BIND, _LISTEN, _LISTEN) == ["bind success", "listen success"]


def test_listen_without_a_port_is_a_bind() -> None:
    assert _kinds(_TCP, _LISTEN) == ["implicit bind success", "listen success"]


def test_shutdown_ends_listening_and_gives_up_a_chosen_port() -> None:
    stop = "10 shutdown(3<socket:[77]>, SHUT_RDWR) = 0"
    assert _kinds(_TCP, _BIND, _LISTEN, stop, _LISTEN) == ["bind success", "listen success", "listen success"]
    chosen = f"10 bind(3<socket:[77]>, {_ANY_PORT} = 0"
    again = ["implicit bind success", "listen success"]
    assert _kinds(_TCP, chosen, _LISTEN, stop, _LISTEN) == ["bind success", "listen success", *again]
    sending = stop.replace("SHUT_RDWR", "SHUT_WR")
    assert _kinds(_TCP, chosen, _LISTEN, sending, _LISTEN) == ["bind success", "listen success"]


def test_connect_to_nowhere_ends_listening() -> None:
    nowhere = '10 connect(3<socket:[77]>, {sa_family=AF_UNSPEC, sa_data="\\0\\0\\0"}, 16) = 0'
    assert _kinds(_TCP, _BIND, _LISTEN, nowhere, _LISTEN) == ["bind success", "listen success", "listen success"]


def test_failures() -> None:
    refused = f"10 bind(3<socket:[77]>, {_PORT_80} = -1 EADDRINUSE (Address already in use)"
    no_listen = "10 listen(3<socket:[77]>, 5) = -1 EINVAL (Invalid argument)"
    assert _kinds(_TCP, refused, no_listen) == ["bind EADDRINUSE", "listen EINVAL"]
    assert seen([_TCP, refused])[0].asked == Address("ipv4", "127.0.0.1", 80)


@pytest.mark.parametrize(
    "address",
    [
        '{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 8)',
        '{sa_family=AF_INET6, sin6_port=htons(80), inet_pton(AF_INET6, "::1", &sin6_addr)}, 28)',
        '{sa_family=AF_UNIX, sun_path="/x"}, 5)',
        "NULL, 16)",
    ],
)
def test_what_is_no_address_of_the_socket_asks_for_nothing(address: str) -> None:
    (event,) = seen([_TCP, f"10 bind(3<socket:[77]>, {address} = -1 EINVAL (Invalid argument)"])
    assert (event.error, event.asked) == ("EINVAL", None)


def test_ipv6_and_vsock_addresses() -> None:
    ipv6 = "10 socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP) = 4<socket:[78]>"
    bind6 = (
        "10 bind(4<socket:[78]>, {sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), "
        'inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0'
    )
    vsock = "10 socket(AF_VSOCK, SOCK_STREAM|SOCK_CLOEXEC, 0) = 5<socket:[79]>"
    any_cid = "{sa_family=AF_VSOCK, svm_cid=VMADDR_CID_ANY, svm_port=0x1267, svm_flags=0}, 16)"
    bind_vsock = f"10 bind(5<socket:[79]>, {any_cid} = 0"
    first, second = seen([ipv6, bind6, vsock, bind_vsock])
    assert (first.transport, first.family, first.asked) == ("udp", "ipv6", Address("ipv6", "::1", 53))
    assert (second.transport, second.asked) == ("vsock", Address("vsock", "4294967295", 4711))


def test_other_sockets_and_other_files_are_nothing() -> None:
    lines = []
    for arguments in (
        "AF_UNIX, SOCK_STREAM, 0",
        "AF_NETLINK, SOCK_RAW, NETLINK_ROUTE",
        "AF_INET, SOCK_RAW, IPPROTO_ICMP",
        "AF_INET, SOCK_DGRAM, IPPROTO_ICMP",
        "AF_PACKET, SOCK_RAW, htons(0x3)",
    ):
        lines += [f"10 socket({arguments}) = 3<socket:[77]>", "10 bind(3<socket:[77]>, {…}, 12) = 0"]
    lines += ["10 bind(9, NULL, 0) = -1 EBADF (Bad file descriptor)"]
    lines += ["10 listen(4</etc/hosts>, 1) = -1 ENOTSOCK (Socket operation on non-socket)"]
    assert seen(lines) == []


def test_an_accepted_socket_has_its_listeners_kind() -> None:
    accepted = (
        "11 accept4(3<socket:[77]>, <unfinished ...>",
        "12 getsockname(9<socket:[5]>, 0x1, [16]) = -1 EFAULT (Bad address)",
        '11 <... accept4 resumed>{sa_family=AF_INET, sin_port=htons(9)}, [16], SOCK_CLOEXEC) = 4<socket:[80]>',
        f"11 bind(4<socket:[80]>, {_PORT_80} = -1 EINVAL (Invalid argument)",
    )
    lines = ["12 socket(AF_UNIX, SOCK_STREAM, 0) = 9<socket:[5]>", _TCP, _BIND, _LISTEN, *accepted]
    assert seen(lines)[2] == Seen(11, "bind", "EINVAL", False, "tcp", "ipv4", 80, Address("ipv4", "127.0.0.1", 80))


def test_a_call_that_ended_with_its_process_has_no_outcome() -> None:
    assert _kinds(_TCP, f"10 bind(3<socket:[77]>, {_PORT_80} = ?", "10 +++ killed by SIGKILL +++") == []
    interrupted = "10 accept(3<socket:[77]>, NULL, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)"
    assert _kinds(_TCP, interrupted, _BIND) == ["bind success"]


def test_a_thread_that_strace_let_go_says_nothing() -> None:
    assert _kinds(_TCP, "9151 ???( <detached ...>", _BIND) == ["bind success"]


def test_the_port_by_getsockname_belongs_to_the_bind_before_it() -> None:
    address = '{sa_family=AF_INET, sin_port=htons(4711), sin_addr=inet_addr("0.0.0.0")}, [16])'
    name = f"10 getsockname(3<socket:[77]>, {address} = 0"
    assert seen([_TCP, name, _LISTEN, name])[0].named == [4711]


@pytest.mark.parametrize(
    "lines",
    [
        ["10 listen(3<socket:[1]>, 128) = 0"],  # a socket from nowhere
        [_TCP, '10 bind(3<socket:[77]>, {sa_family=AF_UNSPEC, sa_data="\\0"}, 16) = 0'],
        [_TCP, "10 listen 3"],
    ],
)
def test_what_it_cannot_read_it_says(lines: list[str]) -> None:
    with pytest.raises(Unreadable):
        seen(lines)
