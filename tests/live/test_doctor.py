# SPDX-License-Identifier: Apache-2.0
"""`bindwatch doctor`: it names the plan that bindwatch takes, and where none works the true cause.

In a container it is in tests/docs, under lockdown in tests/vm.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence

import pytest

from capabilities import DOCUMENTED, WITH_TRACEFS, as_user, readable_copy
from follower import Record, follow, program
from waiting import PATIENCE, eventually

PLANS = ["cgroup", "fentry", "syscall"]
LOOKS = ["list", "namespaces", "snapshot", "holders"]


def _doctor(command: Sequence[str]) -> tuple[int, Record]:
    done = subprocess.run(
        [*command, "doctor", "--json"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.stderr == "" and done.stdout.count("\n") == 1, done
    answer: Record = json.loads(done.stdout)
    assert answer["schema"] == "bindwatch-doctor/1"
    assert sorted(trial["plan"] for trial in answer["plans"]) == PLANS
    assert [trial["look"] for trial in answer["looks"]] == LOOKS
    assert all(trial["works"] == (trial["error"] is None) for trial in answer["looks"])
    return done.returncode, answer


def _wrong(answer: Record) -> list[str]:
    return [check["name"] for check in answer["checks"] if check["verdict"] == "wrong"]


def test_as_root_it_names_the_plan_that_is_taken() -> None:
    code, answer = _doctor([program()])
    with follow() as watch:
        start = watch.wait_for(lambda records: records[:1], "its start")[0]
    assert code == 0 and answer["plan"] == start["plan"]
    works = {trial["plan"] for trial in answer["plans"] if trial["works"]}
    assert answer["plan"] in works and "syscall" in works
    for trial in answer["plans"]:
        assert trial["works"] == (trial["error"] is None), trial
    assert os.uname().release in answer["report"] and "bindwatch" in answer["report"]


def _failing_looks(answer: Record) -> dict[str, str]:
    return {trial["look"]: trial["error"] for trial in answer["looks"] if not trial["works"]}


def test_every_look_works_for_root() -> None:
    assert _failing_looks(_doctor([program()])[1]) == {}


def test_looks_need_less_than_following_and_say_what_they_lack() -> None:
    with readable_copy(program()) as bindwatch:
        _, answer = _doctor([*as_user("CAP_BPF", "CAP_PERFMON"), bindwatch])
        failing = _failing_looks(answer)
        assert set(failing) == {"namespaces", "snapshot"}, failing
        assert "CAP_SYS_ADMIN and CAP_SYS_PTRACE" in failing["namespaces"]
        assert failing["snapshot"] == "it takes a plan, and none works here"
        _, answer = _doctor([*as_user(), bindwatch])
        failing = _failing_looks(answer)
    assert set(failing) == set(LOOKS)
    assert "CAP_BPF, CAP_PERFMON" in failing["list"] and "CAP_BPF" in failing["holders"]
    assert answer["plan"] is None


def test_looks_are_refused_where_list_is() -> None:
    """What doctor says of `list` is what `list` says itself."""
    with readable_copy(program()) as bindwatch:
        _, answer = _doctor([*as_user("CAP_BPF"), bindwatch])
        done = subprocess.run([*as_user("CAP_BPF"), bindwatch, "list"], capture_output=True, text=True, timeout=PATIENCE)
    assert done.stderr == f"bindwatch: {_failing_looks(answer)['list']}\n"


def _programs() -> set[int]:
    """The ids of all that are called like bindwatch's in the kernel."""
    listed = subprocess.run([os.environ["BPFTOOL"], "--json", "prog", "show"], check=True, capture_output=True, text=True)
    return {each["id"] for each in json.loads(listed.stdout) if each.get("name", "").startswith("bw_")}


def test_it_leaves_nothing_behind() -> None:
    """Each plan is attached for a moment only; who follows beside it keeps his programs."""
    with follow() as watch:
        watch.wait_for(lambda records: records[:1], "its start")
        before = _programs()
        assert before and _doctor([program()])[0] == 0
        eventually(lambda: _programs() == before, "the programs are gone")
        assert watch.stop().code == 0


def test_as_a_user_it_names_every_capability() -> None:
    with readable_copy(program()) as bindwatch:
        code, answer = _doctor([*WITH_TRACEFS, *as_user(), bindwatch])
    assert code == 3 and answer["plan"] is None and "capabilities" in _wrong(answer)
    (capabilities,) = [check for check in answer["checks"] if check["name"] == "capabilities"]
    assert [name for name in DOCUMENTED if name in capabilities["finding"]] == list(DOCUMENTED)


@pytest.mark.parametrize("missing", DOCUMENTED)
def test_the_one_that_is_missing(missing: str) -> None:
    with readable_copy(program()) as bindwatch:
        others = [name for name in DOCUMENTED if name != missing]
        _, answer = _doctor([*WITH_TRACEFS, *as_user(*others), bindwatch])
    (capabilities,) = [check for check in answer["checks"] if check["name"] == "capabilities"]
    assert [name for name in DOCUMENTED if name in capabilities["finding"]] == [missing]


def test_in_a_user_namespace() -> None:
    code, answer = _doctor(["unshare", "--user", "--map-root-user", program()])
    assert code == 3 and "capabilities" in _wrong(answer)
    (capabilities,) = [check for check in answer["checks"] if check["name"] == "capabilities"]
    assert "user namespace" in capabilities["finding"] and "sudo" in capabilities["advice"]


def test_without_the_cgroup_hierarchy() -> None:
    """As in a container that has no cgroup2 mount: plan cgroup is wrong, and another one may work."""
    hidden = ["unshare", "--mount", "/bin/sh", "-c", 'umount -R /sys/fs/cgroup && exec "$@"', "sh", program()]
    _, answer = _doctor(hidden)
    assert "cgroup2" in _wrong(answer)
    (cgroup,) = [trial for trial in answer["plans"] if trial["plan"] == "cgroup"]
    assert not cgroup["works"] and "cgroup2" in cgroup["error"]


def test_text_has_a_line_for_each_check() -> None:
    done = subprocess.run([program(), "doctor"], capture_output=True, text=True, check=True, timeout=PATIENCE)
    _, answer = _doctor([program()])
    for check in answer["checks"]:
        assert any(line.split()[:1] == [check["verdict"]] and check["name"] in line for line in done.stdout.splitlines())
    assert f"follows here with plan {answer['plan']}" in done.stdout
    for name in ("list, who", "all networks", "--snapshot", "holders"):
        assert f"ok     {name} " in done.stdout
    assert answer["report"] in done.stdout and "\033" not in done.stdout
