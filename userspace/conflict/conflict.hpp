// SPDX-License-Identifier: Apache-2.0
/// Which sockets are in the way of a bind that failed with EADDRINUSE. Pure.
#pragma once

#include "inventory/inventory.hpp"

#include <bindwatch/event.hpp>

#include <span>
#include <vector>

namespace bindwatch {

/// Whether a socket that has the failed bind's port is in its way: in the same network namespace and number
/// space (MPTCP's ports are TCP's), on an address that overlaps, and not shared by SO_REUSEADDR or
/// SO_REUSEPORT. net/ipv4/ inet_connection_sock.c, inet_csk_bind_conflict; net/ipv4/udp.c,
/// udp_lib_lport_inuse.
[[nodiscard]] bool is_in_the_way(const Event& failed, const Event& other);

/// Those in the way, the most telling first: listeners, then what is bound, then connections, then what
/// nobody has. A bind that the kernel took back from listen(2) (EADDRINUSE of a listen) has its own socket
/// among them: it is left out.
[[nodiscard]] std::vector<const FoundSocket*> those_in_the_way(const Event& failed,
                                                               std::span<const FoundSocket> sockets);

} // namespace bindwatch
