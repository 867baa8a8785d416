// SPDX-License-Identifier: Apache-2.0
/* A vsock socket that nobody has asked for its cookie: the kernel gives it one when somebody first asks, be
 * it bindwatch. */
#include "case.h"

int main(void) {
    case_begin();
    if (!case_has(AF_VSOCK, SOCK_STREAM, 0)) {
        case_skip("this kernel has no vsock");
    }
    struct case_claim claim = case_of(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));
    case_bind(&claim, "4294967295", 4000001687U);
    case_listen(&claim, 4);
    case_close(&claim);
    return 0;
}
