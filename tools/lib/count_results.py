# SPDX-License-Identifier: Apache-2.0
"""Closes a test run: the reason of each skip, what this kernel lacks, then `N passed, N failed, N skipped`. With CI=true a skip fails."""

import os
import sys
import xml.etree.ElementTree as ElementTree


def main(path):
    counts = {"run": 0, "fail": 0, "notrun": 0}
    lacking = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        status = case.get("status")
        counts["fail" if status not in counts else status] += 1
        lacking += [line for line in (case.findtext("system-out") or "").splitlines() if line.startswith("lacking ")]
        if status == "notrun":
            skipped = case.find("skipped")
            output = (case.findtext("system-out") or "").strip().splitlines()
            reason = next((line for line in output if "SKIP" in line.upper()), None)
            print(f"skipped {case.get('name')}: {reason or (skipped.get('message') if skipped is not None else 'no reason')}")
    print("".join(f"{line}\n" for line in lacking), end="")
    print(f"{counts['run']} passed, {counts['fail']} failed, {counts['notrun']} skipped")
    if counts["notrun"] and os.environ.get("CI") == "true":
        print("with CI=true no test may be skipped", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
