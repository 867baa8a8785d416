// SPDX-License-Identifier: Apache-2.0
/* vsock sockets bound to one CID: this machine's, and the local one (1), which only vsock_loopback has. */
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void connect_locally(const struct case_claim* listener) {
    const union case_address to = case_local(listener->fd);
    struct case_claim client = case_open(AF_VSOCK, SOCK_STREAM, 0);
    case_expect_quiet(&client); /* the kernel chose its port */
    case_require(connect(client.fd, &to.any, case_size(&to)) == 0, "connect");
    struct case_claim accepted = case_of(accept(listener->fd, NULL, NULL));
    case_expect_quiet(&accepted);
    close(accepted.fd);
    close(client.fd);
}

static void serve(unsigned cid) {
    char text[16];
    snprintf(text, sizeof(text), "%u", cid);
    const union case_address wanted = case_address(AF_VSOCK, text, 4000001685U);
    struct case_claim claim = case_open(AF_VSOCK, SOCK_STREAM, 0);
    if (bind(claim.fd, &wanted.any, case_size(&wanted)) != 0) {
        case_require(errno == EADDRNOTAVAIL, "the CID is none of this machine");
        case_expect_bind_failure(&claim, &wanted, EADDRNOTAVAIL);
    } else {
        case_expect_bind(&claim, wanted.vm.svm_port);
        case_listen(&claim, 4);
        if (cid == VMADDR_CID_LOCAL) {
            connect_locally(&claim);
        }
    }
    case_close(&claim);
}

int main(void) {
    case_begin();
    if (!case_has(AF_VSOCK, SOCK_STREAM, 0)) {
        case_skip("this kernel has no vsock");
    }
    unsigned own = VMADDR_CID_ANY;
    const int device = open("/dev/vsock", O_RDONLY | O_CLOEXEC);
    if (device >= 0 && ioctl(device, IOCTL_VM_SOCKETS_GET_LOCAL_CID, &own) == 0 && own != VMADDR_CID_ANY) {
        serve(own);
    }
    serve(VMADDR_CID_LOCAL);
    return 0;
}
