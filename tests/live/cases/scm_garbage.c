// SPDX-License-Identifier: Apache-2.0
/*
 * A bound socket is in flight on a Unix socket that is in flight itself: nobody can reach them any more, and
 * the kernel's own collector closes them. The release is the binder's, whatever thread of the kernel brings
 * it about.
 */
#include "case.h"

#include <string.h>
#include <unistd.h>

static void send_both(int channel, int first, int second) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control = {.bytes = {0}};
    const int fds[] = {first, second};
    struct iovec data = {.iov_base = &(char){0}, .iov_len = 1};
    struct msghdr message = {.msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    struct cmsghdr* header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(fds)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(header), fds, sizeof(fds));
    case_require(sendmsg(channel, &message, 0) == 1, "sendmsg");
}

int main(void) {
    case_begin();
    case_own_netns();
    int channel[2];
    struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
    case_bind(&claim, "127.0.0.1", 1683);
    case_listen(&claim, 4);
    case_require(socketpair(AF_UNIX, SOCK_STREAM, 0, channel) == 0, "socketpair");
    send_both(channel[0], claim.fd, channel[1]); /* into the queue of the one that is sent */
    case_expect_release(&claim);
    close(claim.fd);
    close(channel[1]);
    close(channel[0]); /* the end of a Unix socket is what makes the kernel collect */
    return 0;
}
