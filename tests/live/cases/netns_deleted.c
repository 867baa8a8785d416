// SPDX-License-Identifier: Apache-2.0
/* Sockets outlive the last process of their network namespace; each is released once, when it is closed. */
#include "case.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <unistd.h>

int main(void) {
    case_begin();
    const int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    case_require(home >= 0, "/proc/self/ns/net");
    case_own_netns();
    struct case_claim tcp = case_open(AF_INET, SOCK_STREAM, 0);
    struct case_claim udp = case_open(AF_INET6, SOCK_DGRAM, 0);
    case_bind(&tcp, "127.0.0.1", 1683);
    case_bind(&udp, "::1", 1683);
    case_require(setns(home, CLONE_NEWNET) == 0, "goes home: nobody but the sockets keeps the namespace");
    case_listen(&tcp, 4);
    case_close(&tcp);
    case_close(&udp); /* the namespace is deleted now */
    return 0;
}
