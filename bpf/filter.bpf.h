/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of the filters that can be decided here, as an optimisation of userspace/filter: what is dropped here
 * would be dropped there. Settings are constants at load, so the verifier removes what is not asked for.
 */
#pragma once

#include "compat.bpf.h"
#include "maps.bpf.h"

static __always_inline bool bw_wants_event(__u32 event)
{
    return bw_config.events >> event & 1;
}

/* Of TCP, UDP and UDP-Lite. */
static __always_inline bool bw_wants_port(__u16 port)
{
    return !bw_config.by_port || bw_ports[port / 64] >> (port % 64) & 1;
}

static __always_inline bool bw_wants_socket(const struct bw_socket *socket, bool address_known)
{
    if (bw_config.by_port) {
        __u32 port = socket->port & 0xffff;

        if (address_known && socket->port != port) { /* vsock's are 32 bits wide: no list names them */
            if (bw_config.by_port == 1)
                return false;
        } else if (address_known ? !bw_wants_port(port) : bw_config.by_port == 1)
            return false;
    }
    if (bw_config.families) {
        __u32 bit = socket->family == BW_AF_VSOCK ? 2 : socket->family == BW_AF_INET6;

        if (!(bw_config.families >> bit & 1))
            return false;
    }
    if (bw_config.n_protocols) {
        bool found = false;

        for (int i = 0; i < BW_MAX_FILTER; i++)
            found |= i < (int)bw_config.n_protocols && bw_config.protocols[i] == socket->protocol;
        if (!found)
            return false;
    }
    return true;
}
