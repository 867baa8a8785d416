// SPDX-License-Identifier: GPL-2.0-only
/* Rows of the UDP sockets of a network namespace: unheld.bpf.h. */
#define BW_ONLY_UDP
#include "unheld.bpf.h"
