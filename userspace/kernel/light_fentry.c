/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/light_skeleton.h"
#include "plan_fentry.lskel.h"

BW_DEFINE_LIGHT_LOADER(plan_fentry, bw_load_light_fentry, BW_PROGRAM(skeleton, bw_inet_bind),
                       BW_PROGRAM(skeleton, bw_inet6_bind), BW_PROGRAM(skeleton, bw_security_socket_bind),
                       BW_PROGRAM(skeleton, bw_inet_listen), BW_PROGRAM(skeleton, bw_sock_no_listen),
                       BW_PROGRAM(skeleton, bw_inet_put_port), BW_PROGRAM(skeleton, bw_udp_lib_unhash),
                       BW_PROGRAM(skeleton, bw_set_state))
