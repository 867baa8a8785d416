// SPDX-License-Identifier: Apache-2.0
/* EBADF and ENOTSOCK: without a socket there is no claim that could fail. */
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int main(void) {
    case_begin();
    case_own_netns();
    const union case_address wanted = case_address(AF_INET, "127.0.0.1", 1683);
    int ends[2];
    case_require(pipe(ends) == 0, "pipe");
    const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    const int path = open("/", O_PATH | O_CLOEXEC);
    const int closed = dup(ends[0]);
    close(closed);
    const int none[] = {-1, 1 << 30, closed, path};
    for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); ++i) {
        case_require(bind(none[i], &wanted.any, case_size(&wanted)) == -1 && errno == EBADF, "EBADF");
        case_require(listen(none[i], 4) == -1 && errno == EBADF, "EBADF");
    }
    case_require(bind(file, &wanted.any, case_size(&wanted)) == -1 && errno == ENOTSOCK, "ENOTSOCK");
    case_require(listen(ends[1], 4) == -1 && errno == ENOTSOCK, "ENOTSOCK");

    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 1683);
    case_close(&claim);
    return 0;
}
