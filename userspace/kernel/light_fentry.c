/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/light_skeleton.h"
#include "plan_fentry.lskel.h"

BW_DEFINE_LIGHT_LOADER(plan_fentry, bw_load_light_fentry, BW_PROGRAM(skeleton, bw_inet_bind),
                       BW_PROGRAM(skeleton, bw_inet6_bind), BW_PROGRAM(skeleton, bw_mptcp_bind),
                       BW_PROGRAM(skeleton, bw_inet_listen), BW_PROGRAM(skeleton, bw_mptcp_listen),
                       BW_PROGRAM(skeleton, bw_sock_no_listen), BW_PROGRAM(skeleton, bw_security_socket_bind),
                       BW_PROGRAM(skeleton, bw_security_socket_listen), BW_PROGRAM(skeleton, bw_sys_bind),
                       BW_PROGRAM(skeleton, bw_sys_listen), BW_PROGRAM(skeleton, bw_setsockopt),
                       BW_PROGRAM(skeleton, bw_security_sctp), BW_PROGRAM(skeleton, bw_inet_put_port),
                       BW_PROGRAM(skeleton, bw_udp_lib_unhash), BW_PROGRAM(skeleton, bw_inet_release),
                       BW_PROGRAM(skeleton, bw_sk_free), BW_PROGRAM(skeleton, bw_set_state))
