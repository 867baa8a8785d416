// SPDX-License-Identifier: Apache-2.0
/*
 * Two processes with one number, one after the other (clone3 with set_tid, 5.5). The first one's socket
 * outlives it in this process: its release is of the first, though the number is the second's by then.
 */
#include "case.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(2 * sizeof(int))];
} control;

static struct msghdr message(struct iovec* data) {
    const struct msghdr made = {.msg_iov = data,
                                .msg_iovlen = 1,
                                .msg_control = control.bytes,
                                .msg_controllen = sizeof(control.bytes)};
    return made;
}

/* The socket, and its claim packed. */
static void send_claim(int channel, const struct case_claim* claim) {
    const int fds[] = {claim->fd, case_pack(claim)};
    struct iovec data = {.iov_base = &(char){0}, .iov_len = 1};
    struct msghdr sent = message(&data);
    struct cmsghdr* header = CMSG_FIRSTHDR(&sent);
    *header = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(fds)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(header), fds, sizeof(fds));
    case_require(sendmsg(channel, &sent, 0) == 1, "sendmsg");
}

static struct case_claim receive_claim(int channel) {
    int fds[2];
    char byte;
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr received = message(&data);
    case_require(recvmsg(channel, &received, 0) == 1, "recvmsg");
    memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&received)), sizeof(fds));
    struct case_claim claim = case_unpack(fds[1]);
    claim.fd = fds[0];
    return claim;
}

static pid_t clone_as(pid_t wanted) {
    const pid_t numbers[] = {wanted};
    struct clone_args arguments;
    memset(&arguments, 0, sizeof(arguments));
    arguments.exit_signal = SIGCHLD;
    if (wanted != 0) {
        arguments.set_tid = (uintptr_t)numbers;
        arguments.set_tid_size = 1;
    }
    return (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
}

static pid_t live(pid_t wanted, const char* name, int channel) {
    const pid_t child = clone_as(wanted);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_NAME, name);
        case_begin();
        struct case_claim claim = case_open(AF_INET, SOCK_STREAM, 0);
        case_bind(&claim, "127.0.0.1", 0);
        send_claim(channel, &claim);
        _exit(0);
    }
    if (child < 0) {
        case_skip("no process with a chosen number (clone3 with set_tid: 5.5, CAP_CHECKPOINT_RESTORE)");
    }
    case_join(child, 0);
    return child;
}

int main(void) {
    case_begin();
    case_own_netns();
    int channel[2];
    case_require(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel) == 0, "socketpair");
    const pid_t first = live(0, "the-first", channel[0]);
    struct case_claim firsts = receive_claim(channel[1]);
    const pid_t second = live(first, "the-second", channel[0]);
    case_require(second == first, "the number is used again");
    struct case_claim seconds = receive_claim(channel[1]);
    case_listen(&firsts, 4);
    case_close(&firsts);
    case_close(&seconds);
    return 0;
}
