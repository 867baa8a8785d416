# SPDX-License-Identifier: Apache-2.0
"""A registry of a few rows in a folder of its own, and the two tools run on it."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
HEADER = (
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,"
    "Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\r\n"
)
ROWS = (
    ",0,tcp,Reserved,,,,2024-12-20,[RFC6335],,,\r\n"
    "discard,9,dccp,Discard,[Eddie_Kohler],[Eddie_Kohler],,,[RFC4340],1145656131,,\r\n"
    "http,80,tcp,World Wide Web HTTP,[IESG],[IETF_Chair],,2021-10-01,[RFC9110],,,\r\n"
    ",81,,Unassigned,,,,2007-09-06,,,,\r\n"
    "ncpm-hip,1683,tcp,ncpm-hip,[Ken_Hearn],[Ken_Hearn],,,,,,\r\n"
    "ncpm-hip,1683,udp,ncpm-hip,[Ken_Hearn],[Ken_Hearn],,,,,,\r\n"
)
# Enough of them that one row more or less is plausible.
FILLER = "".join(f"filler-{n},{n},tcp,Filler,,,,,,,,\r\n" for n in range(2000, 2060))
FILLER += "".join(f"filler-{n},{n},{t},Filler,,,,,,,,\r\n" for n in range(2000, 2060) for t in ("udp", "sctp", "dccp"))
OVERRIDES = (
    "port,transport,status,listed_as,reason,source\n"
    "1683,tcp,unassigned,ncpm-hip,an artifact,this test\n"
    "1683,udp,unassigned,ncpm-hip,an artifact,this test\n"
)


class ToolTest(unittest.TestCase):
    """A fresh folder with the three files of ports/ for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.ports = self.folder / "ports"
        self.ports.mkdir()
        self.write(self.ports / "service-names-port-numbers.csv", HEADER + ROWS + FILLER)
        self.write(self.ports / "overrides.csv", OVERRIDES)
        self.write(self.ports / "registry-date", "2026-08-17\n")

    def write(self, path, text):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run_tool(self, tool, *args):
        command = [sys.executable, REPOSITORY / "tools" / tool, *args]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    def assert_refused(self, result, *words):
        """Exit 2 and one line on stderr that has the words."""
        self.assertEqual(result.returncode, 2, result.stderr + result.stdout)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
