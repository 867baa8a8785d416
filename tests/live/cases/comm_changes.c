// SPDX-License-Identifier: Apache-2.0
/* The process renames itself between bind and listen: each call is told with the name at its time, the
 * release with the name at the bind. */
#include "case.h"

#include <sys/prctl.h>

static void serve(int family, const char* address) {
    prctl(PR_SET_NAME, "first-name");
    struct case_claim claim = case_open(family, SOCK_STREAM, 0);
    case_bind(&claim, address, 1683);
    prctl(PR_SET_NAME, "second-name");
    case_listen(&claim, 4);
    prctl(PR_SET_NAME, "third-name");
    case_close(&claim);
}

int main(void) {
    case_begin();
    case_own_netns();
    serve(AF_INET, "127.0.0.1");
    serve(AF_INET6, "::1");
    return 0;
}
