# SPDX-License-Identifier: Apache-2.0
"""tools/update-registry: takes IANA's csv and xml, refuses the rest, and then writes nothing."""

import csv
import io
import sys
import unittest
from xml.sax.saxutils import escape

from small_registry import FILLER, HEADER, REPOSITORY, ROWS, ToolTest

sys.path.insert(0, str(REPOSITORY / "tools"))
from registry import rows  # noqa: E402

# Records in the forms that IANA's own file has.
XML_RECORDS = """
  <record updated="2024-12-20">
    <protocol>tcp</protocol>
    <description>Reserved</description>
    <number>0</number>
    <xref type="rfc" data="rfc6335"/>
  </record>
  <record>
    <name>discard</name>
    <protocol>dccp</protocol>
    <xref type="person" data="Eddie_Kohler"/>
    <xref type="rfc" data="rfc4340"/>
    <description>Discard</description>
    <number>9</number>
    <sc>1145656131</sc>
  </record>
  <record updated="2021-10-01">
    <name>http</name>
    <protocol>tcp</protocol>
    <assignee>
      <xref type="person" data="IESG"/>
    </assignee>
    <description>World Wide Web HTTP</description>
    <number>80</number>
    <xref type="person" data="IETF_Chair"/>
    <xref type="rfc" data="rfc9110"/>
  </record>
  <record updated="2007-09-06">
    <description>Unassigned</description>
    <number>81</number>
  </record>
  <record>
    <name>ncpm-hip</name>
    <protocol>tcp</protocol>
    <xref type="person" data="Ken_Hearn"/>
    <description>ncpm-hip</description>
    <number>1683</number>
  </record>
  <record>
    <name>ncpm-hip</name>
    <protocol>udp</protocol>
    <xref type="person" data="Ken_Hearn"/>
    <description>ncpm-hip</description>
    <number>1683</number>
  </record>
"""


def xml_of(records, updated="2026-09-01"):
    filler = []
    for name, number, transport, description in (row[:4] for row in csv.reader(io.StringIO(FILLER, newline=""))):
        filler.append(
            f"<record><name>{name}</name><protocol>{transport}</protocol>"
            f"<description>{escape(description)}</description><number>{number}</number></record>"
        )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<registry xmlns="http://www.iana.org/assignments" id="service-names-port-numbers">\n'
        f"  <title>Service Name and Transport Protocol Port Number Registry</title>\n  <updated>{updated}</updated>\n"
        f'{records}{"".join(filler)}<people><person id="IESG"><name>IESG</name>'
        "<updated>2001-01-01</updated></person></people></registry>\n"
    )


class UpdateRegistry(ToolTest):
    def setUp(self):
        super().setUp()
        self.before = self.state()

    def state(self):
        return {path.name: path.read_bytes() for path in self.ports.iterdir()}

    def update(self, text, *args, name="new.csv"):
        return self.run_tool("update-registry", "--ports", self.ports, self.write(self.folder / name, text), *args)

    def accepts(self, text, *args, **kwargs):
        result = self.update(text, *args, **kwargs)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def refuses(self, text, *words, args=("--date", "2026-09-01"), name="new.csv"):
        self.assert_refused(self.update(text, *args, name=name), *words)
        self.assertEqual(self.state(), self.before)

    def copy(self):
        return (self.ports / "service-names-port-numbers.csv").read_bytes().decode()

    def date(self):
        return (self.ports / "registry-date").read_text()

    def test_takes_a_newer_csv(self):
        new = HEADER + ROWS.replace(",81,,Unassigned,,,,2007-09-06", "xfer,81,tcp,Transfer,,,,2026-08-30") + FILLER
        printed = self.accepts(new, "--date", "2026-09-01")
        self.assertEqual(self.copy(), new)
        self.assertEqual(self.date(), "2026-09-01\n")
        self.assertEqual(set(self.state()), set(self.before))
        self.assertIn("81/tcp: unassigned (Unassigned) -> xfer\n", printed)
        self.assertIn("81/udp: unassigned (Unassigned) -> in no row\n", printed)
        self.assertIn("4 changes of ports, 246 -> 246 rows, 2026-08-17 -> 2026-09-01\n", printed)
        self.assertIn("tcp: 63 assigned, 1 reserved, 0 withdrawn, 0 unassigned, 49088 absent\n", printed)

    def test_neighbours_that_change_alike_are_one_line(self):
        printed = self.accepts(HEADER + ROWS + FILLER + ",90-99,tcp,Reserved,,,,,,,,\r\n", "--date", "2026-09-01")
        self.assertIn("90-99/tcp: in no row -> reserved (Reserved)\n", printed)
        self.assertIn("1 changes of ports", printed)

    def test_date_in_the_name_of_a_csv(self):
        self.accepts(HEADER + ROWS + FILLER, name="service-names-port-numbers-2026-10-02.csv")
        self.assertEqual(self.date(), "2026-10-02\n")

    def test_lf_instead_of_crlf_and_a_byte_order_mark(self):
        self.accepts("\ufeff" + (HEADER + ROWS + FILLER).replace("\r\n", "\n"), "--date", "2026-09-01")
        self.assertEqual(self.copy(), HEADER + ROWS + FILLER)

    def test_xml_is_the_same_as_csv(self):
        printed = self.accepts(xml_of(XML_RECORDS), name="new.xml")
        self.assertEqual(self.copy(), HEADER + ROWS + FILLER)
        self.assertEqual(self.date(), "2026-09-01\n")
        self.assertIn("0 changes of ports", printed)

    def test_xml_details(self):
        records = """
  <record date="2002-02" updated="2025-02-13">
    <name>whoispp</name>
    <protocol>tcp</protocol>
    <assignee><xref type="person" data="A"/>
      <xref type="person" data="B"/></assignee>
    <xref type="person" data="Rickard_Schoultz"/>
    <xref type="note" data="1"/>
    <xref type="text">ISO 1</xref>
    <description>whois++<br/><br/>
IANA assigned this well-formed service name as a replacement for "whois++".</description>
    <number>63</number>
    <unauthorized>Known &amp; tolerated</unauthorized>
    <note>previously x by <xref type="person" data="Bernie_Volz"/></note>
  </record>
"""
        self.accepts(xml_of(XML_RECORDS + records), name="new.xml")
        row = next(r for r in csv.reader(io.StringIO(self.copy(), newline="")) if r[0] == "whoispp")
        self.assertEqual(row, [
            "whoispp", "63", "tcp",
            'whois++\nIANA assigned this well-formed service name as a replacement for "whois++".',
            "[A][B]", "[Rickard_Schoultz]", "2002-02", "2025-02-13", "[1][ISO 1]", "",
            "Known & tolerated", "previously x by [Bernie_Volz]",
        ])

    def test_refuses_bad_csv(self):
        self.refuses(HEADER + ROWS + FILLER + "x,70000,tcp,X,,,,,,,,\r\n", "new.csv:248: bad port '70000'")
        self.refuses("Port,Name\r\n1,x\r\n", "new.csv:1: not IANA's header")
        self.refuses("", "new.csv:1: not IANA's header")

    def test_refuses_half_a_file(self):
        half = HEADER + ROWS + FILLER[: len(FILLER) // 2]
        self.refuses(half[: half.rindex("\r\n") + 2], "rows, the copy has 246: not plausible")

    def test_refuses_lost_assignments(self):
        text = HEADER + ROWS + FILLER
        for port in range(2000, 2005):
            text = text.replace(f"filler-{port},{port},sctp,Filler", f",{port},sctp,Unassigned")
        self.refuses(text, "55 assigned sctp ports, the copy has 60: not plausible")

    def test_refuses_another_file_grown(self):
        more = "".join(f"more-{n},{n},tcp,More,,,,,,,,\r\n" for n in range(3000, 3300))
        self.refuses(HEADER + ROWS + FILLER + more, "546 rows, the copy has 246: not plausible")

    def test_refuses_dates(self):
        text = HEADER + ROWS + FILLER
        self.refuses(text, "date 2025-01-01 is older than the copy's 2026-08-17", args=("--date", "2025-01-01"))
        self.refuses(text, "--date: bad date '1 May'", args=("--date", "1 May"))
        self.refuses(text, "give --date", args=())
        self.refuses(xml_of(XML_RECORDS, updated="soon"), "<updated>: bad date 'soon'", args=(), name="new.xml")
        self.refuses(xml_of(XML_RECORDS), "--date 2026-09-02", args=("--date", "2026-09-02"), name="new.xml")

    def test_refuses_when_the_override_no_longer_applies(self):
        text = HEADER + ROWS + FILLER
        self.refuses(text.replace("ncpm-hip,1683,tcp", "quake,1683,tcp"),
                     "override of 1683/tcp no longer applies: the registry lists 'quake' there, not 'ncpm-hip'")
        self.refuses(text.replace("ncpm-hip,1683,udp,ncpm-hip,", ",1683,udp,Reserved,"),
                     "override of 1683/udp no longer applies: the registry lists 'Reserved' there")
        old = "ncpm-hip,1683,tcp,ncpm-hip,[Ken_Hearn],[Ken_Hearn],,,,,,"
        self.refuses(text.replace(old, "ncpm-hip,1683,tcp,ncpm-hip,[Ken_Hearn],[Ken_Hearn],,,[RFC9999],,,"),
                     "'ncpm-hip' now has '[RFC9999]' (line 6)")
        self.refuses(text.replace(old, "ncpm-hip,1683,tcp,ncpm-hip,[Ken_Hearn],[Ken_Hearn],,2026-08-30,,,,"),
                     "'ncpm-hip' now has '2026-08-30' (line 6)")

    def test_refuses_bad_xml(self):
        good = xml_of(XML_RECORDS)
        for text, word in (
            (good[:-20], "new.xml:"),
            (good.replace('id="service-names-port-numbers"', 'id="protocol-numbers"'), "'protocol-numbers'"),
            (good.replace("<number>9<", "<number>nine<"), "new.xml record:2: bad port 'nine'"),
            (good.replace("<sc>", "<surprise>").replace("</sc>", "</surprise>"), "unknown element 'surprise'"),
            (good.replace("<registry", '<!DOCTYPE r [<!ENTITY a "b">]><registry', 1), "has a document type"),
            (good.replace("<protocol>dccp", "<protocol>quic", 1), "new.xml record:2: unknown transport 'quic'"),
        ):
            with self.subTest(word=word):
                self.refuses(text, word, args=(), name="new.xml")

    def test_refuses_a_missing_file(self):
        result = self.run_tool("update-registry", "--ports", self.ports, self.folder / "none.csv")
        self.assert_refused(result, "none.csv: No such file or directory")

    def test_the_copy_of_the_project_is_what_the_tool_writes(self):
        # So that an update changes no line but those that IANA changed.
        data = (REPOSITORY / "ports" / "service-names-port-numbers.csv").read_bytes()
        self.assertEqual(rows.format_csv(rows.parse_csv("copy", data)), data)


if __name__ == "__main__":
    unittest.main()
