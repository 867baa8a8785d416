// SPDX-License-Identifier: Apache-2.0
/* Bound as root, listening as nobody, as servers do it: each event has the user at its time, the release the
 * binder's. */
#include "case.h"

#include <grp.h>
#include <unistd.h>

enum { NOBODY = 65534 };

int main(void) {
    case_begin();
    case_own_netns();
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 80);
    case_require(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0, "drops to nobody");
    case_listen(&claim, 4);
    case_close(&claim);
    return 0;
}
