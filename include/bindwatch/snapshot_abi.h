/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the programs of bpf/snapshot.bpf.c and bpf/holders.bpf.c write of the sockets that exist: rows, one
 * behind the other. A socket's own row comes before the rows of the descriptors that lead to it, in a
 * snapshot once; one that no descriptor leads to is alone. The rules of event_abi.h hold here too.
 */
#ifndef BINDWATCH_SNAPSHOT_ABI_H
#define BINDWATCH_SNAPSHOT_ABI_H

#include <bindwatch/event_abi.h>

/* bw_row.kind */
#define BW_ROW_SOCKET 1 /* struct bw_socket_row */
#define BW_ROW_HOLD 2   /* struct bw_hold_row */

/* bw_socket_row.flags */
#define BW_ROW_ASKED 0x01 /* a program named the port, SOCK_BINDPORT_LOCK */
#define BW_ROW_HAS_FILE                                                                                      \
    0x02 /* a file refers to it: a descriptor, one on its way (SCM_RIGHTS), or one of io_uring */
#define BW_ROW_NOT_KEPT 0x04 /* the kernel side has no room to take note of this claim */
#define BW_ROW_MINI 0x08     /* no whole socket: a connection in TIME_WAIT, or one that is just coming in */

/* The head of every row. */
struct bw_row {
    __u32 length; /* of the whole row */
    __u32 kind;   /* BW_ROW_* */
};

struct bw_socket_row {
    struct bw_row head;
    __u64 claim; /* the kernel side's number for the socket, as in bw_record */
    struct bw_socket socket;
    __u32 flags;     /* BW_ROW_* */
    __u16 state;     /* TCP_*, of the other transports too */
    __u16 peer_port; /* host byte order; 0: not connected */
    __u8 peer[16];   /* as bw_socket.address */
    __u32 maker; /* with BW_ROW_HAS_FILE: fsuid of whoever made the socket, in the initial user namespace */
    __u32 pad;
};

/*
 * bw_hold_row.flags: the process made the socket. A file keeps the credentials of whoever made it (f_cred),
 * and these belong to one process alone: fork copies them (copy_creds in kernel/cred.c; threads share
 * theirs), exec and setuid replace them. Not set: another made it, or the same before such a change.
 */
#define BW_HOLD_MADE 0x01

/* A process has the socket at a descriptor. */
struct bw_hold_row {
    struct bw_row head;
    __u64 claim;
    __u64 start_time; /* of the process, CLOCK_BOOTTIME ns */
    __u32 pid;        /* thread group, in the initial pid namespace */
    __u32 uid;        /* effective, in the initial user namespace */
    __u32 fd;
    __u32 flags; /* BW_HOLD_* */
    __u8 comm[BW_COMM_LEN];
};

/* What the snapshot is for. */
struct bw_snapshot_config {
    __u32 connections; /* 0: claims only; 1: connections and ports that the kernel chose for them as well */
    __u32 seed;        /* 1: bw_claims is that of a plan at work; take note there of what it has not seen */
};

/* Sockets that are told apart without the reader's help. */
#define BW_SNAPSHOT_SEEN 65536

#endif
