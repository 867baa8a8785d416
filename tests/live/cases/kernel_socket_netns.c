// SPDX-License-Identifier: Apache-2.0
/* The kernel's own sockets end with their network namespace, which a thread of the kernel takes down some
 * time later. */
#include "case_vxlan.h"

int main(void) {
    case_begin();
    case_own_netns();
    case_make_vxlan();
    case_vxlan_up();
    case_expect_vxlan_releases();
    return 0;
}
