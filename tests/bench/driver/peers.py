# SPDX-License-Identifier: Apache-2.0
"""The tools that one would use otherwise, each set up as well as we know."""

import pathlib
import re
import shutil
import subprocess

from .contenders import TRACEFS, Contender

BPFTRACE_SCRIPT = """
tracepoint:syscalls:sys_enter_bind { @address[tid] = args->umyaddr; }
tracepoint:syscalls:sys_exit_bind { printf("bind %s %d %d %p\\n", comm, pid, args->ret, @address[tid]); delete(@address[tid]); }
tracepoint:syscalls:sys_enter_listen { @fd[tid] = args->fd; }
tracepoint:syscalls:sys_exit_listen { printf("listen %s %d %d %d\\n", comm, pid, args->ret, @fd[tid]); delete(@fd[tid]); }
"""


class Peer(Contender):
    package = None
    binary = None

    def missing(self):
        return None if shutil.which(self.binary) else f"{self.binary} is not installed (package {self.package})"


class Bpftrace(Peer):
    name = title = "bpftrace"
    command_line = "bpftrace: enter and exit of bind and listen, one line per call"
    package = binary = "bpftrace"
    needle = "bind "
    events = re.compile(r"^(?:bind|listen) ", re.M)
    first = re.compile(r"^bind .* (?P<pointer>0x[0-9a-f]+)$", re.M)
    idles = True

    def argv(self):
        return [self.binary, "-B", "line", "-o", str(self.output), "-e", BPFTRACE_SCRIPT]

    def pipe_argv(self):
        return [self.binary, "-B", "line", "-e", BPFTRACE_SCRIPT]

    def lost(self, text):
        return sum(int(count) for count in re.findall(r"Lost (\d+) events", text))


class Tracefs(Contender):
    """The four events in an instance of their own, so that nobody else's tracing is disturbed."""

    name = "tracefs"
    title = "raw tracefs"
    command_line = "four syscall events enabled, cat trace_pipe > FILE"
    needle = "sys_bind"
    events = re.compile(r"sys_(?:bind|listen) -> ")
    first = re.compile(r"sys_bind\(fd: \w+, umyaddr: (?P<pointer>[0-9a-f]+)")
    idles = True
    instance = TRACEFS / "instances/bindwatch-bench"
    source = str(instance / "trace_pipe")

    def missing(self):
        return None if (TRACEFS / "events/syscalls/sys_enter_bind").exists() else f"no tracefs at {TRACEFS}"

    def setup(self):
        self.enable("enter_bind", "exit_bind", "enter_listen", "exit_listen")

    def setup_lone(self):
        # The line of the entry comes before bind has done anything; a result is only in that of the exit.
        self.enable("exit_bind")

    def enable(self, *events):
        self.teardown()
        self.instance.mkdir()
        for event in events:
            (self.instance / f"events/syscalls/sys_{event}/enable").write_text("1")

    def teardown(self):
        if self.instance.exists():
            (self.instance / "events/enable").write_text("0")
            self.instance.rmdir()

    def argv(self):
        return ["cat", self.source]

    def pipe_argv(self):
        return ["sleep", "600"]  # the probe reads trace_pipe itself

    def stdio(self):
        return open(self.output, "wb"), subprocess.DEVNULL

    def lost(self, text):
        return sum(int(count) for count in re.findall(r"LOST (\d+) EVENTS", text))


class Strace(Peer):
    """Runs the workload under itself: with --seccomp-bpf only the traced calls stop."""

    name = title = "strace"
    command_line = "strace --seccomp-bpf -f -e trace=bind,listen -o FILE WORKLOAD"
    package = binary = "strace"
    needle = "bind("
    first = re.compile(r"bind\(.*?htons\((?P<port>\d+)\)")
    source = "2"
    iterations = 0.1

    def start(self, output):
        self.output = pathlib.Path(output)
        self.prefix = ("strace", "--seccomp-bpf", "-f", "-e", "trace=bind,listen", "-o", str(self.output))

    def pipe_argv(self):
        return ["strace", "-f", "-e", "trace=bind,listen", "-p", "{pid}"]


class PerfTrace(Peer):
    name = title = "perf trace"
    command_line = "perf trace -a -e bind,listen -o FILE"
    package = "linux-perf"
    binary = "perf"
    needle = " bind("
    events = re.compile(r"(?:bind|listen)\(.*\) += ")
    first = re.compile(r"bind\(fd: .*?umyaddr: (?P<pointer>0x[0-9a-f]+)")
    source = "2"
    idles = True

    def argv(self):
        return [self.binary, "trace", "-a", "-e", "bind,listen", "-o", str(self.output)]

    def pipe_argv(self):
        return [self.binary, "trace", "-a", "-e", "bind,listen"]

    def lone_argv(self):
        # A third quicker than pairing enter and exit.
        return [self.binary, "trace", "-a", "--no-syscalls", "-e", "syscalls:sys_exit_bind"]

    def lost(self, text):
        return sum(int(count) for count in re.findall(r"LOST (\d+) events", text))


class Bindsnoop(Peer):
    name = title = "bindsnoop"
    command_line = "bindsnoop-bpfcc"
    package = "bpfcc-tools"
    binary = "bindsnoop-bpfcc"
    needle = "TCP"
    idles = True

    def argv(self):
        return [self.binary]

    def pipe_argv(self):
        return None

    def stdio(self):
        return open(self.output, "wb"), subprocess.DEVNULL

    @staticmethod
    def poke():
        import socket

        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as poked:
            poked.bind(("127.0.0.1", 20998))


PEERS = (Bpftrace, Tracefs, PerfTrace, Strace, Bindsnoop)
