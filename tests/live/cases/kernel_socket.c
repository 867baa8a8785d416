// SPDX-License-Identifier: Apache-2.0
/* A port that the kernel itself claims, twice: `kernel` is true and no process is told, whoever was running.
 */
#include "case_vxlan.h"

int main(void) {
    case_begin();
    case_own_netns();
    case_make_vxlan();
    for (unsigned i = 0; i < 2; ++i) {
        case_vxlan_up();
        case_expect_vxlan_releases();
        case_vxlan_down();
    }
    return 0;
}
