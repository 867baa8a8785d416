// SPDX-License-Identifier: Apache-2.0
#include "case_vxlan.h"

#include "case_json.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PORT = 4789, INTERFACE_ID = 77 };

static const int families[] = {AF_INET, AF_INET6};
static uint64_t cookies[2];
static uint64_t netns;

struct message {
    struct nlmsghdr header;
    char body[1024];
};

static void* append(struct message* message, const void* data, size_t size) {
    char* at = (char*)message + NLMSG_ALIGN(message->header.nlmsg_len);
    memcpy(at, data, size);
    message->header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(message->header.nlmsg_len) + size);
    return at;
}

/* Returns the attribute, so that the nested ones that follow can be added to its length. */
static struct rtattr* append_attribute(struct message* message, unsigned type, const void* data,
                                       size_t size) {
    const struct rtattr attribute = {.rta_type = (uint16_t)type, .rta_len = (uint16_t)RTA_LENGTH(size)};
    struct rtattr* at = append(message, &attribute, sizeof(attribute));
    if (size > 0) {
        append(message, data, size);
    }
    return at;
}

static void close_nest(const struct message* message, struct rtattr* nest) {
    nest->rta_len = (uint16_t)((const char*)message + message->header.nlmsg_len - (const char*)nest);
}

static int exchange(int protocol, const struct message* request, char* answer, size_t room) {
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    case_require(fd >= 0 && sendto(fd, request, request->header.nlmsg_len, 0, (const struct sockaddr*)&kernel,
                                   sizeof(kernel)) > 0,
                 "a netlink request");
    const ssize_t got = recv(fd, answer, room, 0);
    case_require(got > 0, "a netlink answer");
    close(fd);
    return (int)got;
}

void case_make_vxlan(void) {
    const struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
    const uint32_t id = INTERFACE_ID;
    const uint16_t port = htons(PORT);
    struct message request = {.header = {.nlmsg_type = RTM_NEWLINK,
                                         .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
                                         .nlmsg_len = NLMSG_LENGTH(0)}};
    append(&request, &link, sizeof(link));
    append_attribute(&request, IFLA_IFNAME, "vx0", sizeof("vx0"));
    struct rtattr* info = append_attribute(&request, IFLA_LINKINFO, NULL, 0);
    append_attribute(&request, IFLA_INFO_KIND, "vxlan", sizeof("vxlan"));
    struct rtattr* data = append_attribute(&request, IFLA_INFO_DATA, NULL, 0);
    append_attribute(&request, IFLA_VXLAN_ID, &id, sizeof(id));
    append_attribute(&request, IFLA_VXLAN_PORT, &port, sizeof(port));
    append_attribute(&request, IFLA_VXLAN_COLLECT_METADATA, "\1", 1); /* a socket of each family */
    close_nest(&request, data);
    close_nest(&request, info);
    char answer[4096];
    exchange(NETLINK_ROUTE, &request, answer, sizeof(answer));
    const struct nlmsghdr* header = (const void*)answer;
    const struct nlmsgerr* error = NLMSG_DATA(header);
    if (header->nlmsg_type != NLMSG_ERROR || error->error == -EOPNOTSUPP) {
        case_skip("this kernel has no VXLAN interfaces");
    }
    errno = -error->error;
    case_require(error->error == 0, "the interface is made");
}

static void set_up(bool up) {
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const struct ifreq request = {.ifr_name = "vx0", .ifr_flags = up ? IFF_UP : 0};
    case_require(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0, "the interface comes up or goes down");
    close(fd);
}

/* The cookie of the only UDP socket of the family in this namespace. */
static uint64_t find_cookie(int family) {
    const struct inet_diag_req_v2 wanted = {
        .sdiag_family = (uint8_t)family, .sdiag_protocol = IPPROTO_UDP, .idiag_states = UINT32_MAX};
    struct message request = {.header = {.nlmsg_type = SOCK_DIAG_BY_FAMILY,
                                         .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                                         .nlmsg_len = NLMSG_LENGTH(0)}};
    append(&request, &wanted, sizeof(wanted));
    char answer[16384];
    const int length = exchange(NETLINK_SOCK_DIAG, &request, answer, sizeof(answer));
    const struct nlmsghdr* first = (const void*)answer;
    for (int at = 0; at + (int)sizeof(*first) <= length;) {
        const struct nlmsghdr* header = (const void*)(answer + at);
        const struct inet_diag_msg* found = NLMSG_DATA(header);
        if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY && ntohs(found->id.idiag_sport) == PORT) {
            return ((uint64_t)found->id.idiag_cookie[1] << 32) | found->id.idiag_cookie[0];
        }
        at += (int)NLMSG_ALIGN(header->nlmsg_len);
    }
    if (first->nlmsg_type == NLMSG_ERROR) {
        case_skip("this kernel does not list UDP sockets (udp_diag)");
    }
    case_require(false, "the kernel's socket is there");
    return 0;
}

static void expect(const char* event, int family, uint64_t cookie) {
    const bool v6 = family == AF_INET6;
    const bool bind = strcmp(event, "bind") == 0;
    struct case_line line = {0};
    case_put(
        &line,
        "{\"event\":\"%s\",\"origin\":\"live\",\"outcome\":\"success\",\"implicit\":false,\"errno\":null",
        event);
    case_put(&line, ",\"transport\":\"udp\",\"family\":\"%s\",\"address\":\"%s\",\"port\":%d",
             v6 ? "ipv6" : "ipv4", v6 ? "::" : "0.0.0.0", PORT);
    case_put(&line, bind ? ",\"requested_port\":%d" : ",\"requested_port\":null", PORT);
    case_put(&line, ",\"socket\":{\"cookie\":%llu,\"netns\":%llu,\"type\":\"dgram\",\"v6only\":%s",
             (unsigned long long)cookie, (unsigned long long)netns, v6 ? "true" : "null");
    case_put(
        &line,
        ",\"reuse_addr\":false,\"reuse_port\":false,\"freebind\":false,\"transparent\":false,\"ifindex\":0"
        ",\"backlog\":null,\"kernel\":true},\"process\":null}");
    case_flush(&line);
}

void case_vxlan_up(void) {
    struct case_claim here = case_open(AF_INET, SOCK_DGRAM, 0);
    netns = here.netns;
    case_close(&here);
    set_up(true);
    for (unsigned i = 0; i < 2; ++i) {
        cookies[i] = find_cookie(families[i]);
        expect("bind", families[i], cookies[i]);
    }
}

void case_expect_vxlan_releases(void) {
    for (unsigned i = 0; i < 2; ++i) {
        expect("release", families[i], cookies[i]);
    }
}

void case_vxlan_down(void) {
    set_up(false);
}
