# SPDX-License-Identifier: Apache-2.0
"""Every case program, exact: each says at its top what it shows."""

from exact import run_exact


def test_accept_queue() -> None:
    run_exact("accept_queue")


def test_address_without_port() -> None:
    run_exact("address_without_port")


def test_addrform() -> None:
    run_exact("addrform")


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


def test_changes_in_a_burst() -> None:
    run_exact("changes_in_a_burst")


def test_child_outlives() -> None:
    run_exact("child_outlives")


def test_close_before_listen() -> None:
    run_exact("close_before_listen")


def test_comm_changes() -> None:
    run_exact("comm_changes")


def test_connected() -> None:
    run_exact("connected")


def test_connected_then_bound() -> None:
    run_exact("connected_then_bound")


def test_deep_cgroup() -> None:
    run_exact("deep_cgroup")


def test_deleted_exe() -> None:
    run_exact("deleted_exe")


def test_denied_bind_hook() -> None:
    run_exact("denied_bind_hook")


def test_denied_landlock() -> None:
    run_exact("denied_landlock")


def test_denied_post_bind() -> None:
    run_exact("denied_post_bind")


def test_denied_seccomp() -> None:
    run_exact("denied_seccomp")


def test_dual_stack() -> None:
    run_exact("dual_stack")


def test_dup_last_close() -> None:
    run_exact("dup_last_close")


def test_exec_closes() -> None:
    run_exact("exec_closes")


def test_exec_keeps() -> None:
    run_exact("exec_keeps")


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


def test_fin_orphan() -> None:
    run_exact("fin_orphan")


def test_foreign_address() -> None:
    run_exact("foreign_address")


def test_fork_last_close() -> None:
    run_exact("fork_last_close")


def test_fork_storm() -> None:
    run_exact("fork_storm")


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


def test_ipv4_mapped() -> None:
    run_exact("ipv4_mapped")


def test_kernel_socket() -> None:
    run_exact("kernel_socket")


def test_kernel_socket_netns() -> None:
    run_exact("kernel_socket_netns")


def test_kill_holder() -> None:
    run_exact("kill_holder")


def test_leader_gone() -> None:
    run_exact("leader_gone")


def test_linger() -> None:
    run_exact("linger")


def test_listen_without_bind() -> None:
    run_exact("listen_without_bind")


def test_long_args() -> None:
    run_exact("long_args")


def test_memfd_exe() -> None:
    run_exact("memfd_exe")


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


def test_no_args() -> None:
    run_exact("no_args")


def test_no_sockets() -> None:
    run_exact("no_sockets")


def test_options_change() -> None:
    run_exact("options_change")


def test_other_closes() -> None:
    run_exact("other_closes")


def test_other_families() -> None:
    run_exact("other_families")


def test_pid_reused() -> None:
    run_exact("pid_reused")


def test_pidfd_getfd() -> None:
    run_exact("pidfd_getfd")


def test_ports_of_each_tier() -> None:
    run_exact("ports_of_each_tier")


def test_prefork() -> None:
    run_exact("prefork")


def test_race_bind() -> None:
    run_exact("race_bind")


def test_race_bind_close() -> None:
    run_exact("race_bind_close")


def test_race_bind_listen() -> None:
    run_exact("race_bind_listen")


def test_race_listen() -> None:
    run_exact("race_listen")


def test_race_reuse_fd() -> None:
    run_exact("race_reuse_fd")


def test_refused_connect() -> None:
    run_exact("refused_connect")


def test_reparented() -> None:
    run_exact("reparented")


def test_reuseport_group() -> None:
    run_exact("reuseport_group")


def test_reuseport_users() -> None:
    run_exact("reuseport_users")


def test_rewritten_address() -> None:
    run_exact("rewritten_address")


def test_scm_garbage() -> None:
    run_exact("scm_garbage")


def test_scm_rights() -> None:
    run_exact("scm_rights")


def test_scopes() -> None:
    run_exact("scopes")


def test_sctp_bind_listen() -> None:
    run_exact("sctp_bind_listen")


def test_sctp_bindx() -> None:
    run_exact("sctp_bindx")


def test_sctp_failures() -> None:
    run_exact("sctp_failures")


def test_sctp_implicit() -> None:
    run_exact("sctp_implicit")


def test_setns_net() -> None:
    run_exact("setns_net")


def test_setns_pid() -> None:
    run_exact("setns_pid")


def test_short_processes() -> None:
    run_exact("short_processes", "1000")


def test_stop_listening() -> None:
    run_exact("stop_listening")


def test_storm_failures() -> None:
    run_exact("storm_failures")


def test_storm_unlisten() -> None:
    run_exact("storm_unlisten")


def test_thousand_sockets() -> None:
    run_exact("thousand_sockets")


def test_thread_bind() -> None:
    run_exact("thread_bind")


def test_time_wait() -> None:
    run_exact("time_wait")


def test_title_over_args() -> None:
    run_exact("title_over_args")


def test_udp_address_changes() -> None:
    run_exact("udp_address_changes")


def test_udplite() -> None:
    run_exact("udplite")


def test_udplite_failures() -> None:
    run_exact("udplite_failures")


def test_uid_changes() -> None:
    run_exact("uid_changes")


def test_un_listen() -> None:
    run_exact("un_listen")


def test_uring_bind_listen() -> None:
    run_exact("uring_bind_listen")


def test_uring_failures() -> None:
    run_exact("uring_failures")


def test_uring_fixed_file() -> None:
    run_exact("uring_fixed_file")


def test_uring_then_vsock() -> None:
    run_exact("uring_then_vsock")


def test_uring_poller() -> None:
    run_exact("uring_poller")


def test_uring_worker() -> None:
    run_exact("uring_worker")


def test_user_namespace() -> None:
    run_exact("user_namespace")


def test_v6only() -> None:
    run_exact("v6only")


def test_vfork_child() -> None:
    run_exact("vfork_child")


def test_vsock_bind_listen() -> None:
    run_exact("vsock_bind_listen")


def test_vsock_cid() -> None:
    run_exact("vsock_cid")


def test_vsock_failures() -> None:
    run_exact("vsock_failures")


def test_vsock_fresh() -> None:
    run_exact("vsock_fresh")


def test_vsock_seqpacket() -> None:
    run_exact("vsock_seqpacket")
