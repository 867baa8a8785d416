# SPDX-License-Identifier: Apache-2.0
"""tools/generate-registry: refuses what it cannot read. What it writes is tested by registry_test.cpp."""

import unittest

from small_registry import FILLER, HEADER, OVERRIDES, ROWS, ToolTest


class GenerateRegistry(ToolTest):
    def generate(self, csv=None, overrides=None, date=None):
        copy = self.ports / "service-names-port-numbers.csv"
        for path, text in ((copy, csv), (self.ports / "overrides.csv", overrides), (self.ports / "registry-date", date)):
            if text is not None:
                self.write(path, text)
        self.output = self.folder / "table.inc"
        return self.run_tool("generate-registry", "--csv", copy, "--overrides", self.ports / "overrides.csv",
                             "--date", self.ports / "registry-date", "--output", self.output)

    def refuses(self, *words, **inputs):
        self.assert_refused(self.generate(**inputs), *words)
        self.assertFalse(self.output.exists())

    def refuses_row(self, row, *words):
        """The row comes after the header and six good ones: line 8."""
        self.refuses("service-names-port-numbers.csv:8: ", *words, csv=HEADER + ROWS + row + "\r\n")

    def test_writes_the_table(self):
        result = self.generate()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        text = self.output.read_text(encoding="ascii")
        self.assertIn('"2026-08-17"', text)
        self.assertIn("World Wide Web HTTP", text)

    def test_same_input_same_bytes(self):
        self.generate()
        first = self.output.read_bytes()
        self.generate()
        self.assertEqual(first, self.output.read_bytes())

    def test_text_that_c_would_misread(self):
        odd = 'odd,99,tcp,"quote "" backslash \\ question ??/ caf\u00e9",,,,,,,,"two\nlines"\r\n'
        self.assertEqual(self.generate(csv=HEADER + ROWS + odd).returncode, 0)
        self.assertIn(r"quote \" backslash \\ question \?\?/ caf\303\251", self.output.read_text().replace('"\n"', ""))

    def test_bad_ports(self):
        for port in ("65536", "-1", "abc", "20-10", "1-", "80 ", "0x50", "8\u0660"):
            with self.subTest(port=port):
                self.refuses_row(f"x,{port},tcp,X,,,,,,,,", f"bad port {port!r}")

    def test_unknown_transport(self):
        self.refuses_row("x,99,quic,X,,,,,,,,", "unknown transport 'quic'")

    def test_unknown_status(self):
        self.refuses_row(",99,tcp,Revoked,,,,,,,,", "unknown status 'Revoked' of port 99")

    def test_columns(self):
        self.refuses_row("x,99,tcp,X,,,,,,,", "11 columns instead of 12")
        self.refuses_row("x,99,tcp,X,,,,,,,,,", "13 columns instead of 12")

    def test_bad_date(self):
        self.refuses_row("x,99,tcp,X,,,yesterday,,,,,", "bad date 'yesterday'")

    def test_nothing_named(self):
        self.refuses_row(",,,,,,,,,,,", "neither a service name nor a port")

    def test_dynamic_range(self):
        self.refuses_row("x,50000,tcp,X,,,,,,,,", "'50000' is in the dynamic range")

    def test_control_character(self):
        self.refuses_row("x,99,tcp,\x1b[31mX,,,,,,,,", "control character in Description")

    def test_line_of_a_row_after_a_row_of_many_lines(self):
        rows = 'a,98,tcp,"one\ntwo\nthree",,,,,,,,\r\nx,none,tcp,X,,,,,,,,\r\n'
        self.refuses("csv:11: bad port 'none'", csv=HEADER + ROWS + rows)

    def test_not_utf8(self):
        self.refuses("csv:2: byte 0xff is not UTF-8", csv=HEADER.encode() + b"x,99,tcp,\xff,,,,,,,,\r\n")

    def test_open_quote(self):
        self.refuses("service-names-port-numbers.csv:8: ", csv=HEADER + ROWS + 'x,99,tcp,"X,,,,,,,,\r\n' + FILLER)

    def test_header(self):
        self.refuses("csv:1: not IANA's header: 'Port'", csv=HEADER.replace("Port Number", "Port") + ROWS)
        self.refuses("csv:1: not IANA's header: '0 columns'", csv="")

    def test_bad_overrides(self):
        for row, words in (
            ("70000,tcp,unassigned,ncpm-hip,r,s", "overrides.csv:2: bad port '70000'"),
            ("1683,quic,unassigned,ncpm-hip,r,s", "overrides.csv:2: unknown transport 'quic'"),
            ("1683,tcp,gone,ncpm-hip,r,s", "overrides.csv:2: unknown status 'gone'"),
            ("1683,tcp,unassigned,ncpm-hip,,s", "overrides.csv:2: 1683/tcp needs a reason and a source"),
            ("1683,tcp,unassigned,,r,s", "overrides.csv:2: listed_as '' does not go with status 'unassigned'"),
            ("1683,tcp,unassigned,ncpm-hip,r", "overrides.csv:2: 5 columns instead of 6"),
            ("1683,tcp,unassigned,other,r,s", "no longer applies: the registry lists 'ncpm-hip' there, not 'other'"),
        ):
            with self.subTest(row=row):
                self.refuses(words, overrides=OVERRIDES.splitlines()[0] + "\n" + row + "\n")

    def test_override_twice(self):
        self.refuses("overrides.csv:4: 1683/tcp is already in line 2", overrides=OVERRIDES + OVERRIDES.splitlines()[1])

    def test_bad_registry_date(self):
        self.refuses("registry-date: bad date '2026-02-30'", date="2026-02-30\n")

    def test_missing_file(self):
        (self.ports / "overrides.csv").unlink()
        self.refuses("overrides.csv: No such file or directory")


if __name__ == "__main__":
    unittest.main()
