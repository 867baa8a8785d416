# SPDX-License-Identifier: Apache-2.0
"""Every case program, exact: each says at its top what it shows."""

from exact import run_exact


def test_autobind_is_quiet() -> None:
    run_exact("autobind_is_quiet")


def test_backlog_again() -> None:
    run_exact("backlog_again")


def test_bind_listen_close() -> None:
    run_exact("bind_listen_close")


def test_bind_port_zero() -> None:
    run_exact("bind_port_zero")


def test_bind_to_device() -> None:
    run_exact("bind_to_device")


def test_close_before_listen() -> None:
    run_exact("close_before_listen")


def test_connected() -> None:
    run_exact("connected")


def test_dup_last_close() -> None:
    run_exact("dup_last_close")


def test_fail_access() -> None:
    run_exact("fail_access")


def test_fail_double_bind() -> None:
    run_exact("fail_double_bind")


def test_fail_in_use() -> None:
    run_exact("fail_in_use")


def test_fail_listen() -> None:
    run_exact("fail_listen")


def test_fail_not_available() -> None:
    run_exact("fail_not_available")


def test_foreign_address() -> None:
    run_exact("foreign_address")


def test_fork_last_close() -> None:
    run_exact("fork_last_close")


def test_give_up_port() -> None:
    run_exact("give_up_port")


def test_hostile_names() -> None:
    run_exact("hostile_names")


def test_kill_holder() -> None:
    run_exact("kill_holder")


def test_listen_without_bind() -> None:
    run_exact("listen_without_bind")


def test_multicast() -> None:
    run_exact("multicast")


def test_netns_deleted() -> None:
    run_exact("netns_deleted")


def test_reuseport_group() -> None:
    run_exact("reuseport_group")


def test_scm_rights() -> None:
    run_exact("scm_rights")


def test_short_processes() -> None:
    run_exact("short_processes", "1000")


def test_stop_listening() -> None:
    run_exact("stop_listening")


def test_storm_failures() -> None:
    run_exact("storm_failures")


def test_storm_unlisten() -> None:
    run_exact("storm_unlisten")


def test_thread_bind() -> None:
    run_exact("thread_bind")


def test_udplite() -> None:
    run_exact("udplite")


def test_v6only() -> None:
    run_exact("v6only")
