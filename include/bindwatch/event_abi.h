/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The records that the kernel side puts into the ring buffer and the settings that user space hands down:
 * the only header that both sides share.
 *
 * Rules: fixed-width fields, biggest first, explicit padding that the kernel side zeroes, no enums, no bools.
 * All integers are in the machine's byte order, ports too; addresses are in network byte order, as the kernel
 * holds them. A change of layout is a change of BW_ABI_VERSION.
 *
 * One record is
 *     struct bw_record
 *     struct bw_process                     if flags & BW_HAS_PROCESS
 *     struct bw_ancestor[process.ancestors]   nearest first
 *     exe        process.exe_bytes    path components, leaf first, each followed by NUL
 *     cgroup     process.cgroup_bytes the same form, up to the cgroup2 root
 *     cgroup v1  process.cgroup_v1_bytes paths of the same form, each ended by one more NUL
 *     args       process.args_bytes   as in mm: NUL-separated
 */
#ifndef BINDWATCH_EVENT_ABI_H
#define BINDWATCH_EVENT_ABI_H

#include <linux/types.h>

#define BW_ABI_VERSION 2

/* bw_record.event */
#define BW_EVENT_BIND 1
#define BW_EVENT_LISTEN 2
#define BW_EVENT_RELEASE 3

/* bw_record.flags */
#define BW_HAS_PROCESS 0x01   /* process facts follow; without it the holder is the one of the claim's bind */
#define BW_IMPLICIT 0x02      /* listen(2) on an unbound socket made the kernel choose the port */
#define BW_ASKED 0x04         /* requested_port holds what the program asked for */
#define BW_ADDRESS_KNOWN 0x08 /* address and port are known; a call can fail before the kernel reads them */
#define BW_NOT_KEPT 0x10      /* the kernel side takes no note of this claim: its release will not be told */

/* bw_socket.options */
#define BW_SOCK_REUSE_ADDR 0x01
#define BW_SOCK_REUSE_PORT 0x02
#define BW_SOCK_V6ONLY 0x04
#define BW_SOCK_FREEBIND 0x08
#define BW_SOCK_TRANSPARENT 0x10
#define BW_SOCK_KERNEL 0x20
#define BW_SOCK_EPHEMERAL 0x40 /* of a bind, with bw_config.mark_ephemeral: in ip_local_port_range */

/* bw_process.flags */
#define BW_ARGS_TRUNCATED 0x01 /* the program has more bytes of args than the record */
#define BW_ARGS_MISSING 0x02   /* a page of the args was not resident */
#define BW_EXE_TRUNCATED 0x04  /* the leading directories of exe are missing */
#define BW_CGROUP_TRUNCATED 0x08

/* bw_holder.state */
#define BW_CLAIM_LISTENING 0x01
#define BW_CLAIM_WANTED 0x02 /* the kernel's filters let the bind through: its release passes too */
#define BW_CLAIM_SENT                                                                                        \
    0x04 /* a record with the holder's facts is in the ring: user space knows the process                    \
          */
#define BW_CLAIM_NO_BIND                                                                                     \
    0x08 /* known from its listen(2) alone: bound before, or its bind is about to be told */
#define BW_CLAIM_CHOOSING 0x10 /* listen(2) has begun on a socket without a port */
#define BW_CLAIM_SEEDED 0x20   /* found by the snapshot: older than the programs */

/* That the kernel side takes note of at a time. One costs it 168 bytes while it exists, and its place 16. */
#define BW_DEFAULT_CLAIMS 65536

/*
 * Records that can be in the making on a CPU at a time, 20 KiB each: interrupts nest a few, and where the
 * kernel takes the CPU from programs, as many can be under way as there are tasks that bind there.
 */
#define BW_FEW_SLOTS 4
#define BW_MAX_SLOTS 16

#define BW_COMM_LEN 16
#define BW_MAX_ANCESTORS 8
#define BW_MAX_ARGS 4096
#define BW_MAX_PATH 4096 /* bytes of one path's components, each with its NUL */
#define BW_MAX_CGROUP_V1 2048

struct bw_socket {
    __u64 cookie;         /* SO_COOKIE */
    __u32 netns;          /* inode number of the network namespace */
    __u32 ifindex;        /* SO_BINDTODEVICE, 0 if none */
    __u32 port;           /* host byte order; 32 bits for vsock, 16 for the rest */
    __u32 requested_port; /* only with BW_ASKED */
    __u32 backlog;        /* of a listening socket, else 0 */
    __u16 protocol;       /* IPPROTO_* */
    __u16 family;         /* AF_INET, AF_INET6, AF_VSOCK */
    __u16 type;           /* SOCK_STREAM, SOCK_DGRAM, … */
    __u16 options;        /* BW_SOCK_* */
    __u32 pad;
    __u8 address[16]; /* network byte order; IPv4 in the first four bytes */
};

/* Who made the claim, and when: what a record without process facts still says. All zero in a failed call. */
struct bw_holder {
    __u64 since;      /* of the bind, CLOCK_BOOTTIME ns */
    __u64 start_time; /* of the process, CLOCK_BOOTTIME ns */
    __u64 actor;      /* the kernel side's number for the task and what it is at this moment */
    __u32 pid;
    __u32 state; /* BW_CLAIM_*: the kernel side's own notes */
    __u8 comm[BW_COMM_LEN];
};

struct bw_record {
    __u64 time;    /* CLOCK_BOOTTIME ns */
    __u64 lost;    /* what the kernel side lost before this record, since start: the sum of every bw_loss */
    __u64 claim;   /* the kernel side's number for the socket: the same in every record of one claim */
    __u32 length;  /* of the whole record */
    __u32 error;   /* errno of a failed call, 0 on success */
    __u16 version; /* BW_ABI_VERSION */
    __u8 event;    /* BW_EVENT_* */
    __u8 flags;
    __u32 pad;
    struct bw_socket socket; /* these two are also the kernel's own note of a claim, in this order */
    struct bw_holder holder;
};

struct bw_process {
    __u64 start_time; /* CLOCK_BOOTTIME ns */
    __u64 cgroup_id;  /* cgroup2 */
    __u32 pid;        /* thread group, in the initial pid namespace */
    __u32 tid;
    __u32 ns_pid; /* thread group, in its own pid namespace */
    __u32 ppid;
    __u32 uid; /* effective, in the initial user namespace */
    __u32 gid;
    __u32 pidns; /* inode number */
    __u16 exe_bytes;
    __u16 cgroup_bytes;
    __u16 args_bytes;
    __u8 ancestors;
    __u8 flags; /* BW_ARGS_*, BW_EXE_*, BW_CGROUP_* */
    __u8 comm[BW_COMM_LEN];
    __u16 cgroup_v1_bytes;
    __u16 pad;
};

struct bw_ancestor {
    __u32 pid;
    __u8 comm[BW_COMM_LEN];
};

/* Of one CPU. count[BW_EVENT_*]: records that found no room; count[0]: claims that could not be kept. */
struct bw_loss {
    __u64 count[4];
};

#define BW_RECORD_MAX                                                                                        \
    (sizeof(struct bw_record) + sizeof(struct bw_process) + BW_MAX_ANCESTORS * sizeof(struct bw_ancestor) +  \
     2 * BW_MAX_PATH + BW_MAX_CGROUP_V1 + BW_MAX_ARGS)

/* The kernel's part of the filters. A list that does not fit is left empty and user space alone applies it.
 */
#define BW_MAX_FILTER 16
#define BW_PORT_WORDS 1024

struct bw_config {
    __u64 cgroups[BW_MAX_FILTER]; /* ids; each with everything below it */
    __u32 pids[BW_MAX_FILTER];
    __u32 uids[BW_MAX_FILTER];
    __u16 protocols[BW_MAX_FILTER];
    __u8 comms[BW_MAX_FILTER][BW_COMM_LEN];
    __u8 exclude_comms[BW_MAX_FILTER][BW_COMM_LEN];
    __u32 events;       /* bit 1 << BW_EVENT_* set: user space wants such records */
    __u32 want_success; /* 0 or 1 */
    __u32 want_failure; /* 0 or 1 */
    __u32 by_port; /* 1: bw_ports decides; 2: the same, and an unknown port passes (only --exclude-port) */
    __u32 n_cgroups;
    __u32 n_pids;
    __u32 n_uids;
    __u32 n_protocols;
    __u32 n_comms;
    __u32 n_exclude_comms;
    __u32 families;  /* bit 0 IPv4, bit 1 IPv6, bit 2 vsock; 0: all */
    __u32 nr_listen; /* the number of listen(2) on this architecture */
    __u32
        ancestor; /* 0, or only its descendants are wanted: a pid in the pid namespace of that inode number */
    __u32 ancestor_pidns;
    __u32 mark_ephemeral; /* 0 or 1: BW_SOCK_EPHEMERAL is asked for */
    __u32 pad;
};

#endif
