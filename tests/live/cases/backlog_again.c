// SPDX-License-Identifier: Apache-2.0
/* A second listen(2) only changes the backlog: no event. */
#include "case.h"

#include <netinet/in.h>

int main(void) {
    case_begin();
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 0);
    case_listen(&claim, 4);
    case_listen(&claim, 64);
    case_listen(&claim, 1);
    case_close(&claim);
    return 0;
}
