/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The floor: every hook of plan cgroup with a program that does nothing, so what is left is what the kernel
 * takes for calling it. ring_bind4 adds the least that can tell user space: one small record for the bind.
 */

/* bpf_helpers.h needs the types of linux/bpf.h before it. */
// clang-format off
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1 << 20);
} ring SEC(".maps");
// clang-format on

SEC("cgroup/bind4")
int bind4(void* ctx) {
    (void)ctx;
    return 1;
}

SEC("cgroup/bind6")
int bind6(void* ctx) {
    (void)ctx;
    return 1;
}

SEC("cgroup/post_bind4")
int post_bind4(void* ctx) {
    (void)ctx;
    return 1;
}

SEC("cgroup/post_bind6")
int post_bind6(void* ctx) {
    (void)ctx;
    return 1;
}

SEC("cgroup/sock_release")
int sock_release(void* ctx) {
    (void)ctx;
    return 1;
}

SEC("sockops")
int sock_ops(void* ctx) {
    (void)ctx;
    return 1;
}

SEC("tp_btf/inet_sock_set_state")
int set_state(void* ctx) {
    (void)ctx;
    return 0;
}

SEC("tracepoint/syscalls/sys_enter_bind")
int enter_bind(void* ctx) {
    (void)ctx;
    return 0;
}

SEC("tracepoint/syscalls/sys_enter_listen")
int enter_listen(void* ctx) {
    (void)ctx;
    return 0;
}

SEC("tracepoint/syscalls/sys_exit_bind")
int exit_bind(void* ctx) {
    (void)ctx;
    return 0;
}

SEC("tracepoint/syscalls/sys_exit_listen")
int exit_listen(void* ctx) {
    (void)ctx;
    return 0;
}

SEC("cgroup/post_bind4")
int ring_bind4(struct bpf_sock* ctx) {
    __u64* record = bpf_ringbuf_reserve(&ring, 16, 0);
    if (record) {
        record[0] = bpf_ktime_get_ns();
        record[1] = ctx->src_port;
        bpf_ringbuf_submit(record, 0);
    }
    return 1;
}
