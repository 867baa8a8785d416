// SPDX-License-Identifier: Apache-2.0
/* A socket in the ring's own table: its descriptor is closed, the claim goes on until it leaves the table. */
#include "case_uring.h"

#include <linux/io_uring.h>
#include <unistd.h>

int main(void) {
    case_begin();
    struct case_uring ring = case_uring_open(false);
    case_own_netns();
    const union case_address wanted = case_address(AF_INET, "127.0.0.1", 1683);
    struct case_claim unregistered = case_open(AF_INET, SOCK_STREAM, 0);
    case_uring_register(&ring, unregistered.fd);
    case_require(case_uring_bind(&ring, 0, &wanted, IOSQE_FIXED_FILE) == 0, "bind");
    case_expect_bind(&unregistered, 1683);
    case_require(case_uring_listen(&ring, 0, 4, IOSQE_FIXED_FILE) == 0, "listen");
    case_expect_listen(&unregistered, 4);
    case_expect_release(&unregistered);
    close(unregistered.fd);
    case_uring_unregister(&ring);

    /* The end of the ring is the end of its table. */
    const union case_address other = case_address(AF_INET, "127.0.0.1", 1684);
    struct case_claim forgotten = case_open(AF_INET, SOCK_DGRAM, 0);
    case_uring_register(&ring, forgotten.fd);
    case_require(case_uring_bind(&ring, 0, &other, IOSQE_FIXED_FILE) == 0, "bind");
    case_expect_bind(&forgotten, 1684);
    case_expect_release(&forgotten);
    close(forgotten.fd);
    case_uring_end(&ring);
    return 0;
}
