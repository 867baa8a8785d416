/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/light_skeleton.h"
#include "plan_syscall.lskel.h"

BW_DEFINE_LIGHT_LOADER(plan_syscall, bw_load_light_syscall, BW_PROGRAM(skeleton, bw_exit),
                       BW_PROGRAM(skeleton, bw_set_state))
