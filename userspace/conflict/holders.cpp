// SPDX-License-Identifier: Apache-2.0
#include "conflict/holders.hpp"

#include "conflict/conflict.hpp"
#include "conflict/reason.hpp"

#include <algorithm>

namespace bindwatch {
namespace {

constexpr std::size_t most_holders = 16;

Holder holder_of(const FoundSocket& socket) {
    const Event& event = socket.event;
    Holder holder{.address = address_of(event),
                  .port = port_of(event),
                  .state = found_of(event).state,
                  .cookie = event.socket.cookie,
                  .since_ns = socket.since_ns};
    if (event.process) {
        holder.pid = event.process->pid;
        holder.comm = event.process->comm;
        holder.exe = event.process->exe;
        holder.user = event.process->user;
        holder.container = event.container;
    }
    return holder;
}

} // namespace

void name_holders(Event& failed, std::span<const FoundSocket> sockets) {
    failed.holders.clear();
    const auto in_the_way = those_in_the_way(failed, sockets);
    if (in_the_way.empty()) {
        const auto elsewhere = std::ranges::find_if(sockets, [&](const FoundSocket& socket) {
            return socket.event.socket.netns != failed.socket.netns && socket.event.port == failed.port;
        });
        failed.reason =
            reason_without_holder(failed, elsewhere == sockets.end() ? nullptr : &elsewhere->event);
        return;
    }
    failed.reason = reason(failed, in_the_way.front()->event);
    for (std::size_t i = 0; i < std::min(in_the_way.size(), most_holders); ++i) {
        failed.holders.push_back(holder_of(*in_the_way[i]));
    }
}

} // namespace bindwatch
