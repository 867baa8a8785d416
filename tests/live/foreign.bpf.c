// SPDX-License-Identifier: Apache-2.0
/* Somebody else's program on bindwatch's hooks: forbids bind(2) to one port. */
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define FORBIDDEN_PORT 4242

SEC("cgroup/bind4")
int forbid_port(struct bpf_sock_addr *ctx)
{
    return ctx->user_port != bpf_htons(FORBIDDEN_PORT);
}
