// SPDX-License-Identifier: Apache-2.0
/* cgroups: one with a name that needs care, and one whose path is longer than PATH_MAX, of which the end is
 * told. */
#include "case_cgroup.h"

#include <limits.h>
#include <string.h>

static void serve(void) {
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 1683);
    case_listen(&claim, 4);
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_own_netns();
    case_own_cgroup();
    case_enter_cgroup();
    serve();
    case_deeper_cgroup("with space and ; \x1b[31m");
    case_enter_cgroup();
    serve();
    char name[NAME_MAX + 1];
    for (unsigned i = 0; i < PATH_MAX / NAME_MAX + 2; ++i) {
        memset(name, 'a' + (int)i, sizeof(name));
        name[NAME_MAX] = '\0';
        case_deeper_cgroup(name);
    }
    case_enter_cgroup();
    serve();
    return 0;
}
