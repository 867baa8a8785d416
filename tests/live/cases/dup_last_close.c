// SPDX-License-Identifier: Apache-2.0
/* A duplicated descriptor keeps the claim: the release comes with the last close, and once. */
#include "case.h"

#include <netinet/in.h>
#include <unistd.h>

static void close_twice(int type) {
    struct case_claim claim = case_open(AF_INET, type, 0);
    case_bind(&claim, "127.0.0.1", 0);
    const int copy = dup(claim.fd);
    case_require(copy >= 0, "dup");
    close(claim.fd);
    claim.fd = copy;
    if (type == SOCK_STREAM) {
        case_listen(&claim, 4); /* after the first close: the claim is still one */
    }
    case_close(&claim);
}

int main(void) {
    case_begin();
    close_twice(SOCK_STREAM);
    close_twice(SOCK_DGRAM);
    return 0;
}
