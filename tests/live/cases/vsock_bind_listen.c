// SPDX-License-Identifier: Apache-2.0
/* vsock (vsock(7)): the address is the CID, the port has 32 bits, and port "any" is the kernel's choice. */
#include "case.h"

static void serve(uint32_t port) {
    struct case_claim claim = case_open(AF_VSOCK, SOCK_STREAM, 0);
    case_bind(&claim, "4294967295", port); /* VMADDR_CID_ANY */
    case_listen(&claim, 4);
    case_listen(&claim, 5);
    case_close(&claim);
}

int main(void) {
    case_begin();
    if (!case_has(AF_VSOCK, SOCK_STREAM, 0)) {
        case_skip("this kernel has no vsock");
    }
    serve(1683);
    serve(80);
    serve(3000000000U);
    serve(VMADDR_PORT_ANY);
    return 0;
}
