/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/light_skeleton.h"
#include "plan_cgroup.lskel.h"

BW_DEFINE_LIGHT_LOADER(plan_cgroup, bw_load_light_cgroup, BW_PROGRAM(skeleton, bw_sock_create),
                       BW_PROGRAM(skeleton, bw_bind4), BW_PROGRAM(skeleton, bw_bind6),
                       BW_PROGRAM(skeleton, bw_post_bind4), BW_PROGRAM(skeleton, bw_post_bind6),
                       BW_PROGRAM(skeleton, bw_sockops), BW_PROGRAM(skeleton, bw_sock_release),
                       BW_PROGRAM(skeleton, bw_set_state), BW_PROGRAM(skeleton, bw_exit))
