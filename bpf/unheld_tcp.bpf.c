// SPDX-License-Identifier: GPL-2.0-only
/* Rows of the TCP sockets of a network namespace: unheld.bpf.h. */
#define BW_ONLY_TCP
#include "unheld.bpf.h"
