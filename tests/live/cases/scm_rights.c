// SPDX-License-Identifier: Apache-2.0
/* A claim travels over a Unix socket. Its holder stays the binder, and a descriptor in flight keeps it. */
#include "case.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

struct baton {
    struct case_claim claim;
    int channel[2];
};

union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
};

static struct msghdr message_with(union control* control, struct iovec* data) {
    const struct msghdr message = {.msg_iov = data,
                                   .msg_iovlen = 1,
                                   .msg_control = control->bytes,
                                   .msg_controllen = sizeof(control->bytes)};
    return message;
}

static void send_descriptor(int channel, int fd) {
    union control control = {0};
    char byte = 0;
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = message_with(&control, &data);
    struct cmsghdr* header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    case_require(sendmsg(channel, &message, 0) == 1, "sendmsg");
}

static int receive_descriptor(int channel) {
    union control control = {0};
    char byte = 0;
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = message_with(&control, &data);
    case_require(recvmsg(channel, &message, MSG_CMSG_CLOEXEC) == 1, "recvmsg");
    const struct cmsghdr* header = CMSG_FIRSTHDR(&message);
    case_require(header != NULL && header->cmsg_type == SCM_RIGHTS, "a descriptor arrives");
    int fd = -1;
    memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    return fd;
}

static void receive(void* argument) {
    struct baton* baton = argument;
    char byte;
    close(baton->channel[1]);
    close(baton->claim.fd); /* the copy that fork made */
    case_require(read(baton->channel[0], &byte, 1) == 1, "the sender has closed");
    baton->claim.fd = receive_descriptor(baton->channel[0]);
    case_listen(&baton->claim, 4);
    case_close(&baton->claim);
}

int main(void) {
    case_begin();
    struct baton baton = {.claim = case_open(AF_INET, SOCK_STREAM, 0)};
    case_require(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, baton.channel) == 0, "socketpair");
    case_bind(&baton.claim, "127.0.0.1", 0);
    const pid_t child = case_fork(receive, &baton);
    case_require(write(baton.channel[1], "", 1) == 1, "go");
    send_descriptor(baton.channel[1], baton.claim.fd);
    close(baton.claim.fd);
    case_join(child, 0);

    /* Closed while in flight: nobody ever receives it. */
    struct case_claim lost = case_open(AF_INET, SOCK_DGRAM, 0);
    int channel[2];
    case_require(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel) == 0, "socketpair");
    case_bind(&lost, "127.0.0.1", 0);
    send_descriptor(channel[0], lost.fd);
    case_expect_release(&lost);
    close(lost.fd);
    close(channel[0]);
    close(channel[1]);
    return 0;
}
