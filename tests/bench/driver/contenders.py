# SPDX-License-Identifier: Apache-2.0
"""Everything that is measured: how each is started, when it sees events, and what one event looks like in its output."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import time

from . import system

POKE_PORT = 20999
TRACEFS = pathlib.Path("/sys/kernel/tracing")


class Unusable(Exception):
    """Why a contender cannot be measured here."""


class Contender:
    """Nothing attached; the base of all others."""

    name = "nothing"
    title = "nothing"
    command_line = ""
    prefix = ()  # what the workload is started under
    events = None  # regex: one match per reported event of its output
    source = "1"  # for the probes: where its lines come out, 1 stdout, 2 stderr, or a path to read instead
    needle = None  # text that the line of a bind holds
    first = None  # regex on a bind's line: group "port" or "pointer"
    iterations = 1.0  # share of the usual iterations that is enough
    idles = False  # wake-ups when idle are worth measuring

    def __init__(self):
        self.process = None
        self.output = None

    def missing(self):
        """Why it cannot run, None if it can as far as one can see without trying."""
        return None

    def argv(self):
        """With output to self.output."""
        return None

    def pipe_argv(self):
        """With output to `source`, unbuffered or by line."""
        return None

    def lone_argv(self):
        """The same for lone events, where a tool has a quicker way to show one."""
        return self.pipe_argv()

    def setup(self):
        pass

    def setup_lone(self):
        self.setup()

    def teardown(self):
        pass

    def stdio(self):
        """(stdout, stderr) for argv(): file objects or subprocess constants."""
        return subprocess.DEVNULL, subprocess.DEVNULL

    def start(self, output):
        """Returns when the first event has come out (or, without output, when it says ready)."""
        self.output = pathlib.Path(output)
        self.output.write_bytes(b"")
        try:
            self.setup()
            argv = self.argv()
            if argv is None:
                return
            stdout, stderr = self.stdio()
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
            for stream in (stdout, stderr):
                if hasattr(stream, "close"):
                    stream.close()
            system.pin(self.process.pid, system.cpus()[0])
            self.wait_ready()
        except BaseException:
            self.stop()
            raise

    def wait_ready(self):
        give_up = time.monotonic() + 20
        while not self.seen():
            if self.process.poll() is not None:
                raise Unusable(f"{self.name} ended with status {self.process.returncode}")
            if time.monotonic() > give_up:
                raise Unusable(f"{self.name} showed no event in 20 s")
            self.poke()
            time.sleep(0.005)
        # A reader that had just started has its first page faults behind it.
        time.sleep(0.05)

    def seen(self):
        return self.needle in self.output.read_text(errors="replace")

    @staticmethod
    def poke():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as poked:
            poked.bind(("127.0.0.1", POKE_PORT))

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.teardown()

    def lost(self, text):
        """How many events it says it lost, None if it does not tell."""
        return None


class Floor(Contender):
    """Our hooks with empty programs."""

    def __init__(self, name, title, binary, programs):
        super().__init__()
        self.name = name
        self.title = title
        self.binary = str(binary)
        self.programs = programs
        self.needle = "ready"
        self.command_line = "bench_floor " + " ".join(programs)

    def argv(self):
        return [self.binary, *self.programs]

    def stdio(self):
        return open(self.output, "wb"), subprocess.DEVNULL


class RingFloor(Floor):
    """One hook, one small record, the smallest reader."""

    idles = True

    def __init__(self, binary):
        super().__init__("ring-floor", "smallest ring reader", binary, ["ring_bind4"])
        self.needle = "bind "
        self.events = re.compile(r"^bind ", re.M)
        self.first = re.compile(r"^bind (?P<port>\d+)$", re.M)

    def pipe_argv(self):
        return self.argv()


class Bindwatch(Contender):
    idles = True
    needle = '"event":"bind"'
    events = re.compile(r'"event":"(?:bind|listen|release)"')
    first = re.compile(r'"event":"bind".*?"port":(?P<port>\d+)')

    def __init__(self, binary, *flags):
        super().__init__()
        self.name = " ".join(["bindwatch", *flags])
        self.title = self.name
        self.binary = str(binary)
        self.flags = list(flags)
        self.command_line = " ".join(["bindwatch", "-o json=file:FILE", *flags])

    def missing(self):
        return None if os.access(self.binary, os.X_OK) else f"{self.binary} is not built"

    def argv(self):
        return [self.binary, "-o", f"json=file:{self.output}", *self.flags]

    def pipe_argv(self):
        return [self.binary, "--json", *self.flags]

    def lost(self, text):
        counts = re.findall(r'"event":"lost".*?"count":(\d+)', text)
        return sum(int(count) for count in counts)
