// SPDX-License-Identifier: Apache-2.0
/// How those who share a socket came by it, as far as that is known. Pure.
#pragma once

#include <bindwatch/event.hpp>

#include <string>

namespace bindwatch {

/// "made it", "child of nginx[88]", "was started with it (socket activation)"; printable, without the name of
/// the sharer itself. Empty: nothing is known. What is said is a fact: a child may have inherited the socket
/// from its parent or been sent it, so only that it is a child.
[[nodiscard]] std::string lineage_of(const Found& found, const Sharer& sharer);

/// systemd, the machine's or a user's own, holds the socket to start a service when somebody comes: ending
/// the service does not end the claim. `event` is one that a snapshot found.
[[nodiscard]] const Sharer* activator_of(const Event& event);

} // namespace bindwatch
