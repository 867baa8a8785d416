// SPDX-License-Identifier: Apache-2.0
#include "inventory/inventory.hpp"

#include "decode/cursor.hpp"
#include "decode/socket_fields.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace bindwatch {
namespace {

static_assert(std::has_unique_object_representations_v<bw_socket_row>);
static_assert(std::has_unique_object_representations_v<bw_hold_row>);

/// include/net/tcp_states.h; the other transports use these numbers for what they have of it.
std::expected<SocketState, std::string> state_of(std::uint16_t state) {
    switch (state) {
    case 1: return SocketState::established;
    case 2: return SocketState::syn_sent;
    case 3:
    case 12: return SocketState::syn_recv;
    case 4: return SocketState::fin_wait1;
    case 5: return SocketState::fin_wait2;
    case 6: return SocketState::time_wait;
    case 7: return SocketState::bound;
    case 8: return SocketState::close_wait;
    case 9: return SocketState::last_ack;
    case 10: return SocketState::listen;
    case 11: return SocketState::closing;
    default: return std::unexpected("unknown socket state " + std::to_string(state));
    }
}

Unheld unheld_of(const Event& event, SocketState state, std::uint32_t flags) {
    if (event.socket.kernel) {
        return Unheld::kernel;
    }
    if ((flags & BW_ROW_HAS_FILE) != 0) {
        return Unheld::in_flight;
    }
    switch (state) {
    case SocketState::established:
    case SocketState::syn_recv:
    case SocketState::close_wait: return Unheld::not_accepted;
    default: return Unheld::orphan;
    }
}

/// The oldest process first: who shares a socket mostly got it from its parent.
void finish(Event& event, Found found, std::vector<Sharer> sharers, std::uint32_t flags) {
    std::ranges::sort(sharers, {},
                      [](const Sharer& each) { return std::pair(each.start_time_ns, each.pid); });
    if (sharers.empty()) {
        found.unheld = unheld_of(event, found.state, flags);
    } else {
        event.process = process_of(sharers.front());
    }
    found.sharers = std::move(sharers);
    event.found = std::move(found);
}

} // namespace

const Found& found_of(const Event& event) {
    static const Found nothing;
    return event.found ? *event.found : nothing;
}

const Address& address_of(const Event& event) {
    static const Address nowhere;
    return event.address ? *event.address : nowhere;
}

std::uint32_t port_of(const Event& event) {
    return event.port.value_or(0);
}

bool comes_before(const FoundSocket& a, const FoundSocket& b) {
    if (port_of(a.event) != port_of(b.event)) { // mostly that decides
        return port_of(a.event) < port_of(b.event);
    }
    const auto key = [](const Event& event) {
        return std::tuple(event.protocol, event.family, address_of(event).bytes, event.socket.netns,
                          found_of(event).state, found_of(event).peer_port, event.socket.cookie);
    };
    return key(a.event) < key(b.event);
}

Process process_of(const Sharer& sharer) {
    return Process{
        .pid = sharer.pid, .comm = sharer.comm, .uid = sharer.uid, .start_time_ns = sharer.start_time_ns};
}

std::expected<void, std::string> Inventory::add(std::span<const std::byte> rows) {
    while (!rows.empty()) {
        Cursor cursor(rows);
        bw_row head{};
        if (!cursor.read(head) || head.length < sizeof(head) || head.length > rows.size()) {
            return std::unexpected("it says that it has " + std::to_string(head.length) + " bytes");
        }
        Cursor whole(rows.first(head.length));
        bw_socket_row socket{};
        bw_hold_row hold{};
        if (head.kind == BW_ROW_SOCKET && whole.read(socket)) {
            if (auto added = add_socket(socket); !added) {
                return added;
            }
        } else if (head.kind == BW_ROW_HOLD && whole.read(hold)) {
            add_hold(hold);
        } else {
            return std::unexpected("it is of kind " + std::to_string(head.kind) + " and has " +
                                   std::to_string(head.length) + " bytes");
        }
        rows = rows.subspan(head.length);
    }
    return {};
}

std::expected<void, std::string> Inventory::add_socket(const bw_socket_row& row) {
    const auto family = family_of(row.socket.family);
    const auto state = state_of(row.state);
    if (!family || !state) {
        return std::unexpected(family ? state.error() : family.error());
    }
    if (!by_claim_.try_emplace(row.claim, entries_.size()).second) {
        return {};
    }
    Entry& entry = entries_.emplace_back();
    entry.flags = row.flags;
    entry.socket.claim = row.claim;
    entry.socket.kept = (row.flags & BW_ROW_NOT_KEPT) == 0;
    Event& event = entry.socket.event;
    event.claim = entry.socket.kept ? row.claim : 0;
    event.time_ns = now_ns_;
    event.kind = EventKind::bind;
    event.origin = Origin::snapshot;
    event.protocol = row.socket.protocol;
    event.family = *family;
    event.address = address_of(*family, row.socket.address);
    event.port = row.socket.port;
    fill_socket(row.socket, *state == SocketState::listen, event);
    entry.found = Found{.state = *state, .asked = (row.flags & BW_ROW_ASKED) != 0};
    if (row.peer_port != 0) {
        entry.found.peer = address_of(*family, row.peer);
        entry.found.peer_port = row.peer_port;
    }
    if ((row.flags & BW_ROW_HAS_FILE) != 0) {
        entry.found.maker = Maker{.uid = row.maker};
    }
    return {};
}

void Inventory::add_hold(const bw_hold_row& row) {
    const auto known = by_claim_.find(row.claim);
    if (known == by_claim_.end()) {
        return;
    }
    std::vector<Sharer>& sharers = entries_[known->second].sharers;
    const bool made = (row.flags & BW_HOLD_MADE) != 0;
    // The kernel goes from process to process, so it is mostly the last.
    const auto sharer = std::ranges::find(sharers.rbegin(), sharers.rend(), row.pid, &Sharer::pid);
    if (sharer == sharers.rend()) {
        sharers.push_back({.pid = row.pid,
                           .uid = row.uid,
                           .comm = std::string(comm_of(row.comm)),
                           .start_time_ns = static_cast<std::int64_t>(row.start_time) + boot_to_real_ns_,
                           .fds = {row.fd},
                           .made = made});
        return;
    }
    sharer->made = sharer->made || made; // a thread can have credentials of its own
    if (std::ranges::find(sharer->fds, row.fd) == sharer->fds.end()) {
        sharer->fds.push_back(row.fd);
    }
}

bool Inventory::has_files_without_descriptor() const {
    return std::ranges::any_of(entries_, [](const Entry& entry) {
        return (entry.flags & BW_ROW_HAS_FILE) != 0 && entry.sharers.empty();
    });
}

std::vector<std::uint64_t> Inventory::cookies() const {
    std::vector<std::uint64_t> cookies;
    cookies.reserve(entries_.size());
    for (const Entry& entry : entries_) {
        cookies.push_back(entry.socket.event.socket.cookie);
    }
    std::ranges::sort(cookies);
    return cookies;
}

std::vector<FoundSocket> Inventory::take() {
    std::vector<FoundSocket*> order; // an event is large: it is moved once
    order.reserve(entries_.size());
    for (Entry& entry : entries_) {
        finish(entry.socket.event, std::move(entry.found), std::move(entry.sharers), entry.flags);
        order.push_back(&entry.socket);
    }
    std::ranges::sort(order, [](const FoundSocket* a, const FoundSocket* b) { return comes_before(*a, *b); });
    std::vector<FoundSocket> sockets;
    sockets.reserve(order.size());
    for (FoundSocket* socket : order) {
        sockets.push_back(std::move(*socket));
    }
    entries_.clear();
    by_claim_.clear();
    return sockets;
}

} // namespace bindwatch
