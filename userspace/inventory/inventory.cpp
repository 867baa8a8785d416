// SPDX-License-Identifier: Apache-2.0
#include "inventory/inventory.hpp"

#include "decode/cursor.hpp"
#include "decode/socket_fields.hpp"

#include <algorithm>
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
void finish(Event& event, std::uint32_t flags) {
    if (!event.found) {
        return;
    }
    Found& found = *event.found;
    std::ranges::sort(found.sharers, {},
                      [](const Sharer& each) { return std::pair(each.start_time_ns, each.pid); });
    if (found.sharers.empty()) {
        found.unheld = unheld_of(event, found.state, flags);
    } else {
        event.process = process_of(found.sharers.front());
    }
}

/// Puts at each place what is at `from[place]`. An event is large: each is moved once.
void put_in_order(std::vector<FoundSocket>& sockets, std::vector<std::size_t> from) {
    for (std::size_t start = 0; start < from.size(); ++start) {
        if (from[start] == start) {
            continue;
        }
        FoundSocket first = std::move(sockets[start]);
        std::size_t place = start;
        while (from[place] != start) {
            const std::size_t next = from[place];
            sockets[place] = std::move(sockets[next]);
            from[place] = place;
            place = next;
        }
        sockets[place] = std::move(first);
        from[place] = place;
    }
}

/// Whole rows of sockets among these, for room to be made once.
std::size_t sockets_in(std::span<const std::byte> rows) {
    std::size_t sockets = 0;
    for (;;) {
        Cursor cursor(rows);
        bw_row head{};
        if (!cursor.read(head) || head.length < sizeof(head) || head.length > rows.size()) {
            return sockets;
        }
        sockets += head.kind == BW_ROW_SOCKET ? 1 : 0;
        rows = rows.subspan(head.length);
    }
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
    // Room that is not used costs nothing, but to move to a larger one does.
    if (const std::size_t all = sockets_.size() + sockets_in(rows); all > sockets_.capacity()) {
        sockets_.reserve(all + all / 4);
    }
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
    if (!by_claim_.try_emplace(row.claim, sockets_.size()).second) {
        return {};
    }
    flags_.push_back(row.flags);
    FoundSocket& socket = sockets_.emplace_back();
    socket.claim = row.claim;
    socket.kept = (row.flags & BW_ROW_NOT_KEPT) == 0;
    Event& event = socket.event;
    event.claim = socket.kept ? row.claim : 0;
    event.time_ns = now_ns_;
    event.kind = EventKind::bind;
    event.origin = Origin::snapshot;
    event.protocol = row.socket.protocol;
    event.family = *family;
    event.address = address_of(*family, row.socket.address);
    event.port = row.socket.port;
    fill_socket(row.socket, *state == SocketState::listen, event);
    Found& found = event.found.emplace();
    found.state = *state;
    found.asked = (row.flags & BW_ROW_ASKED) != 0;
    if (row.peer_port != 0) {
        found.peer = address_of(*family, row.peer);
        found.peer_port = row.peer_port;
    }
    if ((row.flags & BW_ROW_HAS_FILE) != 0) {
        found.maker = Maker{.uid = row.maker};
    }
    return {};
}

void Inventory::add_hold(const bw_hold_row& row) {
    const auto known = by_claim_.find(row.claim);
    if (known == by_claim_.end()) {
        return;
    }
    Event& event = sockets_[known->second].event;
    if (!event.found) {
        return;
    }
    std::vector<Sharer>& sharers = event.found->sharers;
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
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
        if ((flags_[i] & BW_ROW_HAS_FILE) != 0 && found_of(sockets_[i].event).sharers.empty()) {
            return true;
        }
    }
    return false;
}

std::vector<std::uint64_t> Inventory::cookies() const {
    std::vector<std::uint64_t> cookies;
    cookies.reserve(sockets_.size());
    for (const FoundSocket& socket : sockets_) {
        cookies.push_back(socket.event.socket.cookie);
    }
    std::ranges::sort(cookies);
    return cookies;
}

std::vector<FoundSocket> Inventory::take() {
    std::vector<std::size_t> order(sockets_.size());
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
        finish(sockets_[i].event, flags_[i]);
        order[i] = i;
    }
    std::ranges::sort(
        order, [this](std::size_t a, std::size_t b) { return comes_before(sockets_[a], sockets_[b]); });
    put_in_order(sockets_, std::move(order));
    flags_.clear();
    by_claim_.clear();
    return std::exchange(sockets_, {});
}

} // namespace bindwatch
