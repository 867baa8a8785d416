// SPDX-License-Identifier: GPL-2.0-only
/* Each shared struct as the BPF compiler lays it out: BTF has only what a global mentions, the plans mention not all. */
#include <bindwatch/event_abi.h>

struct bw_record record;
struct bw_socket socket;
struct bw_holder holder;
struct bw_process process;
struct bw_ancestor ancestor;
struct bw_loss loss;
struct bw_config config;
