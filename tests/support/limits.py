# SPDX-License-Identifier: Apache-2.0
"""Everything that a probe plan cannot tell, or not on some kernel, with the reason: the whole list of exceptions.

A limit changes what must be told, not what may: with it the comparison is as exact as without, so one that no longer
holds fails. docs/SUPPORT.md shows the reasons; `tools/kernel-matrix --document` writes them there.
"""

from __future__ import annotations

import copy
import errno
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any

from truth import Record, Truth

UNSEEN = None  # told: nothing
MAYBE = {"maybe": True}  # told or not
REPEATED = {"repeated": True}  # told once or more
ANY = object()  # a value that nothing is said of
NATIVE = "native"  # the kernel of this machine


@dataclass(frozen=True)
class Limit:
    """The events of `cases` that `which` describes are, under `plan`, told with the values of `told`, or not at all."""

    name: str
    plan: str
    cases: tuple[str, ...]  # globs
    which: str  # glob of "EVENT OUTCOME TRANSPORT"
    told: dict[str, Any] | None  # values by path ("socket.cookie"); UNSEEN
    reason: str
    kernels: tuple[str, ...] = ("*",)  # globs of the matrix's rows, or NATIVE
    only: Callable[[Record, list[Record]], bool] = lambda event, before: True  # `before`: of the same socket
    success_first: bool = False  # before the failure it is told as a bind that succeeded and was given up

    def concerns(self, case: str, plan: str, kernel: str) -> bool:
        return plan == self.plan and _any(case, self.cases) and _any(kernel, self.kernels)

    def covers(self, event: Record, before: list[Record]) -> bool:
        outcome = "failure" if event.get("errno") else "success"
        return fnmatch(f"{event['event']} {outcome} {event['transport']}", self.which) and self.only(event, before)


@dataclass(frozen=True)
class Refusal:
    """A plan that does not load."""

    name: str
    plan: str
    kernels: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Preempted:
    """Rows on which the kernel skips tracing programs, so that any case may miss events; bindwatch says how often."""

    name: str
    plan: str
    kernels: tuple[str, ...]
    reason: str


PREEMPTED = Preempted(
    "preempted",
    "*",
    ("6.1-preempt", "trixie-backports", "sid"),
    "the kernel preempts a tracing program and skips it for the next task on that CPU (ADR 6). In plan `fentry` that is "
    "every program; in `cgroup`, which `--plan auto` takes there, only those for failures and for the end of LISTEN. "
    "bindwatch warns at the end with the number of skips, and no more may be missing",
)

_NOT_ASKED = {"address": None, "port": None, "requested_port": None}



def _never_listened(_event: Record, before: list[Record]) -> bool:
    """The claim that ends was only bound."""
    for event in reversed(before):
        if event.get("errno") is None and event["event"] != "release":
            return event["event"] == "bind"
    return True


LIMITS: tuple[Limit, ...] = (
    Limit(
        "security-module",
        "cgroup",
        ("denied_landlock",),
        "bind failure *",
        _NOT_ASKED,
        "a security module is asked before any cgroup hook: only the call's errno is left when it says no",
    ),
    Limit(
        "seccomp",
        "cgroup",
        ("denied_seccomp",),
        "* failure *",
        {"unreached": False},
        "when the system call returns, an answer of seccomp looks like one of the kernel",
    ),
    Limit(
        "other-ways-in",
        "cgroup",
        ("i386_failures", "uring_failures", "uring_poller"),
        "* failure *",
        UNSEEN,
        "failures are seen when a native system call returns; 32-bit calls and io_uring come another way",
    ),
    Limit(
        "kernel-release",
        "cgroup",
        ("kernel_socket*",),
        "release success *",
        UNSEEN,
        "the hook sock_release is for sockets of programs",
    ),
    Limit(
        "vsock-release",
        "cgroup",
        ("vsock*", "uring_then_vsock"),
        "release success v*",
        UNSEEN,
        "the hook sock_release is for IPv4 and IPv6",
    ),
    Limit(
        "no-cgroup-hook",
        "cgroup",
        ("vsock*", "sctp*"),
        "bind failure [sv]*",
        _NOT_ASKED,
        "no cgroup hook runs for a bind of vsock or SCTP: only the call's errno is seen when it returns",
    ),
    Limit(
        "no-cgroup-hook-asked",
        "cgroup",
        ("vsock*", "sctp*", "uring_then_vsock"),
        "bind success [sv]*",
        {"requested_port": None},
        "likewise: the socket has what it got, not what was asked for",
    ),
    Limit(
        "bindx",
        "cgroup",
        ("sctp_bindx",),
        "bind success *",
        MAYBE,
        "sctp_bindx is a setsockopt(2), on which no program hangs",
    ),
    Limit(
        "bindx-release",
        "cgroup",
        ("sctp_bindx",),
        "release success *",
        {"address": "127.0.0.3"},
        "likewise: the claim is known from its listen(2) alone, and by then the socket's address is its last",
        only=lambda event, _: event["port"] == 1683,
    ),
    Limit(
        "late-refusal",
        "cgroup",
        ("denied_post_bind",),
        "bind failure *",
        {},
        "before Linux 5.18 (bpf_get_retval) no program learns that another has refused the port after it was taken "
        "(cgroup/post_bind): a bind and its release are told, then the failure",
        kernels=("5.10",),
        only=lambda event, _: event["errno"] == errno.EPERM,
        success_first=True,
    ),
    Limit(
        "vsock-cookie",
        "cgroup",
        ("vsock_fresh",),
        "* success *",
        {"socket.cookie": None},
        "no hook of a vsock socket can make the kernel give it a cookie, so it has one only if somebody asked before",
    ),
)

_SYSCALL = (
    Limit(
        "syscall-requested",
        "syscall",
        ("*",),
        "bind success *",
        {"requested_port": None},
        "what was asked for was in the program's memory, which may be another thread's by the time the call returns",
        only=lambda event, _: not event["implicit"],
    ),
    Limit("syscall-asked", "syscall", ("*",), "bind failure *", _NOT_ASKED, "likewise"),
    Limit(
        "syscall-release",
        "syscall",
        ("*",),
        "release success *",
        MAYBE,
        "the end of a socket shows only if it is TCP's or MPTCP's and was a listener or connected",
        only=_never_listened,
    ),
    Limit(
        "syscall-shutdown",
        "syscall",
        ("un_listen", "vsock*", "sctp*"),
        "release success *",
        MAYBE,
        "likewise: shutdown(2) has ended the LISTEN state before; vsock and SCTP have none that shows",
    ),
    Limit(
        "syscall-other-ways-in",
        "syscall",
        ("i386*", "uring*", "kernel_socket*", "sctp_bindx"),
        "*",
        MAYBE,
        "only native system calls are seen",
    ),
    Limit(
        "syscall-closed",
        "syscall",
        ("race_bind_close", "race_reuse_fd"),
        "bind success *",
        MAYBE,
        "another thread has closed the descriptor by the time the call returns: there is no socket to find",
    ),
    Limit(
        "syscall-late-bind",
        "syscall",
        ("race_bind_listen",),
        "* success *",
        {"racing": True},
        "a call is told when it returns, and another thread's later one may have returned by then",
        only=lambda event, _: event["event"] in ("bind", "listen"),
    ),
    Limit(
        "syscall-seccomp",
        "syscall",
        ("denied_seccomp",),
        "* failure *",
        {"unreached": False},
        "when the system call returns, an answer of seccomp looks like one of the kernel",
    ),
    Limit(
        "syscall-raced",
        "syscall",
        ("race_*",),
        "listen success *",
        REPEATED,
        "no program here runs under the socket's lock, and notes of sockets that ended unseen may stand at the same memory: "
        "where threads race on one socket, a listen may be told twice",
    ),
    Limit(
        "syscall-raced-release",
        "syscall",
        ("race_*",),
        "release success *",
        REPEATED | {"process.tid": ANY},
        "likewise: a release may be told twice, and as the other thread's",
    ),
    Limit(
        "syscall-cookie",
        "syscall",
        ("vsock_fresh",),
        "* success *",
        {"socket.cookie": None},
        "nothing makes the kernel give the socket a cookie, so it has one only if somebody asked before",
    ),
)
LIMITS += _SYSCALL

LIMITS += (
    Limit(
        "late-bind",
        "fentry",
        ("race_bind_listen",),
        "* success *",
        {"racing": True},
        "a bind is told when inet_bind returns, and another thread's listen(2) may have returned by then",
        only=lambda event, _: event["event"] in ("bind", "listen"),
    ),
    Limit(
        "unread-address",
        "fentry",
        ("fail_address",),
        "bind failure *",
        {"socket.cookie": None},
        "an address that is never copied in reaches no function that has the socket: one that nobody has asked for its "
        "cookie has none",
        only=lambda event, before: not before and event.get("errno") == errno.EFAULT,
    ),
)

REFUSALS: tuple[Refusal, ...] = (
    Refusal("no-cookie", "fentry", ("5.10",), "its tracing programs cannot ask for a socket's cookie (5.12)"),
    Refusal(
        "no-trampolines", "fentry", ("6.1-arm64",), "the kernel has no BPF trampolines (on arm64 from 6.4 on)"
    ),
)


@dataclass
class Expected:
    truth: Truth
    limits: list[Limit] = field(default_factory=list)  # those that changed it


def expected(case: str, truth: Truth, plan: str, kernel: str) -> Expected:
    """What `plan` must tell of the case on `kernel`."""
    result = Expected(truth)
    for limit in LIMITS:
        if limit.concerns(case, plan, kernel):
            _apply(limit, result)
    return result


def refusal(plan: str, kernel: str) -> Refusal | None:
    return next((each for each in REFUSALS if fnmatch(plan, each.plan) and _any(kernel, each.kernels)), None)


def preempted(plan: str, kernel: str) -> bool:
    return fnmatch(plan, PREEMPTED.plan) and kernel in PREEMPTED.kernels


def _apply(limit: Limit, result: Expected) -> None:
    changed = copy.deepcopy(result.truth)
    changed.sockets = {cookie: [] for cookie in changed.sockets}
    applied = False
    for events in copy.deepcopy(result.truth.sockets).values():
        for index, event in enumerate(copy.deepcopy(events)):
            if limit.covers(event, events[:index]):
                applied = True
                if limit.told is UNSEEN:
                    continue
                if limit.success_first:
                    changed.sockets.setdefault(event["socket"]["cookie"], []).extend(_given_up(event))
                for path, value in limit.told.items():
                    _set(event, path, value)
            changed.sockets.setdefault(event["socket"]["cookie"], []).append(event)
    if applied:
        result.truth = changed
        result.limits.append(limit)


def _given_up(failure: Record) -> list[Record]:
    bind = copy.deepcopy(failure) | {"outcome": "success", "errno": None}
    if bind["family"] == "ipv6":
        bind["socket"]["v6only"] = True  # as __inet6_bind has it for the time of the bind
    release = copy.deepcopy(bind) | {"event": "release", "requested_port": None}
    release["socket"].pop("backlog", None)
    return [bind, release]


def _set(event: Record, path: str, value: Any) -> None:
    *folders, key = path.split(".")
    for folder in folders:
        event = event.setdefault(folder, {})
    if value is ANY:
        event.pop(key, None)
    else:
        event[key] = value


def _any(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatch(name, glob) for glob in globs)
