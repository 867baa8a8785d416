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


def test_denied_bind_hook() -> None:
    run_exact("denied_bind_hook")


def test_denied_landlock() -> None:
    run_exact("denied_landlock")


def test_denied_post_bind() -> None:
    run_exact("denied_post_bind")


def test_denied_seccomp() -> None:
    run_exact("denied_seccomp")


def test_dup_last_close() -> None:
    run_exact("dup_last_close")


def test_fail_access() -> None:
    run_exact("fail_access")


def test_fail_address() -> None:
    run_exact("fail_address")


def test_fail_double_bind() -> None:
    run_exact("fail_double_bind")


def test_fail_exhausted() -> None:
    run_exact("fail_exhausted")


def test_fail_in_use() -> None:
    run_exact("fail_in_use")


def test_fail_link_local() -> None:
    run_exact("fail_link_local")


def test_fail_listen() -> None:
    run_exact("fail_listen")


def test_fail_listen_wrong_state() -> None:
    run_exact("fail_listen_wrong_state")


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


def test_i386_bind_listen() -> None:
    run_exact("i386_bind_listen")


def test_i386_failures() -> None:
    run_exact("i386_failures")


def test_i386_socketcall() -> None:
    run_exact("i386_socketcall")


def test_kernel_socket() -> None:
    run_exact("kernel_socket")


def test_kill_holder() -> None:
    run_exact("kill_holder")


def test_listen_without_bind() -> None:
    run_exact("listen_without_bind")


def test_mptcp_bind_listen() -> None:
    run_exact("mptcp_bind_listen")


def test_mptcp_connected() -> None:
    run_exact("mptcp_connected")


def test_mptcp_failures() -> None:
    run_exact("mptcp_failures")


def test_mptcp_implicit() -> None:
    run_exact("mptcp_implicit")


def test_mptcp_stop_listening() -> None:
    run_exact("mptcp_stop_listening")


def test_multicast() -> None:
    run_exact("multicast")


def test_netns_deleted() -> None:
    run_exact("netns_deleted")


def test_no_sockets() -> None:
    run_exact("no_sockets")


def test_other_families() -> None:
    run_exact("other_families")


def test_reuseport_group() -> None:
    run_exact("reuseport_group")


def test_scm_rights() -> None:
    run_exact("scm_rights")


def test_short_processes() -> None:
    run_exact("short_processes", "1000")


def test_stop_listening() -> None:
    run_exact("stop_listening")


def test_thread_bind() -> None:
    run_exact("thread_bind")


def test_udplite() -> None:
    run_exact("udplite")


def test_udplite_failures() -> None:
    run_exact("udplite_failures")


def test_uring_bind_listen() -> None:
    run_exact("uring_bind_listen")


def test_uring_failures() -> None:
    run_exact("uring_failures")


def test_uring_fixed_file() -> None:
    run_exact("uring_fixed_file")


def test_uring_poller() -> None:
    run_exact("uring_poller")


def test_uring_worker() -> None:
    run_exact("uring_worker")


def test_v6only() -> None:
    run_exact("v6only")


def test_vsock_bind_listen() -> None:
    run_exact("vsock_bind_listen")


def test_vsock_cid() -> None:
    run_exact("vsock_cid")


def test_vsock_failures() -> None:
    run_exact("vsock_failures")


def test_vsock_seqpacket() -> None:
    run_exact("vsock_seqpacket")
