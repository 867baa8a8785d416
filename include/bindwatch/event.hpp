// SPDX-License-Identifier: Apache-2.0
/// The decoded, owning form of one record: what every stage after decode works on.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bindwatch {

enum class EventKind : std::uint8_t { bind, listen, release };
enum class Origin : std::uint8_t { live, snapshot };
enum class Family : std::uint8_t { ipv4, ipv6, vsock };
/// Of an address: RFC 6890, RFC 4291, RFC 4193. An IPv4-mapped address has the scope of the IPv4 address in
/// it.
enum class Scope : std::uint8_t { any, loopback, link_local, private_use, multicast, global };
/// RFC 6335 section 6, by number alone.
enum class Tier : std::uint8_t { system, user, dynamic };
/// What the registry says of one port and transport.
enum class Status : std::uint8_t { assigned, unassigned, reserved, dynamic };
enum class Severity : std::uint8_t { notice, warning };

struct Address {
    Family family = Family::ipv4;
    std::array<std::uint8_t, 16> bytes{}; ///< network byte order; IPv4 in the first four bytes

    friend bool operator==(const Address&, const Address&) = default;
};

struct Socket {
    std::uint64_t cookie = 0; ///< SO_COOKIE: unique for as long as the machine is up; 0: it has none yet
    std::uint32_t netns = 0;  ///< inode number
    std::uint32_t ifindex = 0;
    std::uint16_t type = 0;                 ///< SOCK_STREAM, SOCK_DGRAM, …
    std::optional<std::uint32_t> backlog{}; ///< of a listening socket
    bool reuse_addr = false;
    bool reuse_port = false;
    std::optional<bool> v6only{}; ///< null for IPv4
    bool freebind = false;
    bool transparent = false;
    bool kernel = false; ///< made by the kernel: no process
    /// Of a bind, where it was asked for: the port is in its network namespace's ip_local_port_range and not
    /// among the ip_local_reserved_ports.
    bool ephemeral = false;

    friend bool operator==(const Socket&, const Socket&) = default;
};

struct Ancestor {
    std::uint32_t pid = 0;
    std::string comm; ///< bytes as the kernel holds them

    friend bool operator==(const Ancestor&, const Ancestor&) = default;
};

/// Strings are the bytes that the other program chose: not necessarily UTF-8, and hostile.
struct Process {
    std::uint32_t pid = 0; ///< thread group, in the initial pid namespace
    std::uint32_t tid = 0; ///< 0: unknown
    std::optional<std::uint32_t> ns_pid{};
    std::optional<std::uint32_t> ppid{};
    std::string comm;
    std::optional<std::string> exe{};
    std::optional<std::vector<std::string>> args{};
    bool args_truncated = false;
    std::optional<std::uint32_t> uid{}; ///< effective, in the initial user namespace
    std::optional<std::uint32_t> gid{};
    std::optional<std::string> user{};
    std::int64_t start_time_ns = 0; ///< wall clock, ns since the epoch; 0: unknown
    std::optional<std::uint32_t> pidns{};
    std::vector<Ancestor> ancestors; ///< nearest first

    friend bool operator==(const Process&, const Process&) = default;
};

struct Cgroup {
    std::uint64_t id = 0;
    std::string path; ///< from the cgroup2 root; begins with '/'
};

/// Container::runtime of a Kubernetes container whose cgroup does not say by whom it is run.
inline constexpr std::string_view unknown_runtime = "k8s-unknown";

struct Container {
    std::string id;      ///< 64 hex digits, or what the runtime uses instead
    std::string runtime; ///< "docker", "containerd", …
    std::optional<std::string> name{};
    std::optional<std::string> pod_uid{}; ///< as the API server writes it
    std::optional<std::string> pod{};
    std::optional<std::string> pod_namespace{};
};

/// What a port number means on a transport. The views point into the embedded registry and live for ever;
/// an empty one is "not known".
struct PortInfo {
    Tier tier = Tier::system;
    Status status = Status::unassigned;
    std::string_view service;
    std::string_view description;
    std::string_view listed_as; ///< a name that port databases print although the entry is no real assignment
    std::string_view note;
};

/// Alert::rule of the one that is off by default.
inline constexpr std::string_view ephemeral_range_rule = "ephemeral-range";

struct Alert {
    std::string_view rule;
    Severity severity = Severity::warning;
    std::string message;
};

/// Of a socket that was found, not seen as it came to be: RFC 9293 section 3.3.2, and `bound` for one that
/// has a port and neither listens nor is connected.
enum class SocketState : std::uint8_t {
    bound,
    listen,
    syn_sent,
    syn_recv,
    established,
    fin_wait1,
    fin_wait2,
    time_wait,
    close_wait,
    last_ack,
    closing,
};

/// Why no process has a socket.
enum class Unheld : std::uint8_t {
    kernel,       ///< it is the kernel's own
    in_flight,    ///< on its way between processes (SCM_RIGHTS), or known to io_uring alone
    not_accepted, ///< a connection that waits in its listener's queue
    orphan,       ///< closed by its process; the kernel ends the connection
};

/// A process that has a socket at one or more descriptors.
struct Sharer {
    std::uint32_t pid = 0; ///< thread group, in the initial pid namespace
    std::uint32_t uid = 0; ///< effective
    std::string comm;
    std::int64_t start_time_ns = 0; ///< wall clock, ns since the epoch
    std::vector<std::uint32_t> fds; ///< ascending
    /// It is the one that made the socket; else another did, or it itself before an exec or setuid.
    bool made = false;
    std::optional<std::uint32_t> ancestor{}; ///< pid: the nearest of its ancestors that is a sharer too
    bool is_child = false;                   ///< that one is its parent
    /// Its environment says that it was started with the socket, sd_listen_fds(3). Null: that cannot be read.
    std::optional<bool> activated{};

    friend bool operator==(const Sharer&, const Sharer&) = default;
};

/// Whoever made a socket: the kernel keeps the credentials. Who bound it since may be another.
struct Maker {
    std::uint32_t uid = 0; ///< for files (fsuid), which mostly is the effective one
    std::optional<std::string> user{};

    friend bool operator==(const Maker&, const Maker&) = default;
};

/// What a look at a socket shows besides what its events would have said.
struct Found {
    SocketState state = SocketState::bound;
    bool asked = false;                       ///< a program named the port; of a vsock never known
    std::optional<Address> peer{};            ///< of a connection
    std::optional<std::uint16_t> peer_port{}; ///< host byte order
    std::vector<Sharer> sharers;              ///< oldest process first; Event::process is the first
    std::optional<Maker> maker{};             ///< null where no file refers to the socket
    std::optional<Unheld> unheld{};           ///< only without sharers

    /// The sharer that made the socket. Null: that process has let go, or has changed its credentials since
    /// (exec, setuid).
    [[nodiscard]] const Sharer* maker_process() const {
        for (const Sharer& sharer : sharers) {
            if (sharer.made) {
                return &sharer;
            }
        }
        return nullptr;
    }
    /// Wall clock, ns: the socket was bound then or later, since its maker was started then. Null: there is
    /// no such bound. The start of another process is none: that may have been given an older socket.
    [[nodiscard]] std::optional<std::int64_t> not_before_ns() const {
        const Sharer* const process = maker_process();
        return process == nullptr ? std::nullopt : std::optional(process->start_time_ns);
    }
};

/// A socket that is in the way of a bind.
struct Holder {
    std::optional<std::uint32_t> pid{}; ///< null: no process has it
    std::optional<std::string> comm{};
    std::optional<std::string> exe{};
    std::optional<std::string> user{};
    std::optional<Container> container{};
    Address address;
    std::uint32_t port = 0; ///< host byte order
    SocketState state = SocketState::bound;
    std::uint64_t cookie = 0;               ///< 0: it has none yet
    std::optional<std::int64_t> since_ns{}; ///< wall clock of its bind; null: that was before bindwatch
};

struct Event {
    /// The kernel side's number for the claim, in all its events up to its release, and in no other's
    /// meanwhile. 0: a claim whose release will not be told, or one whose number is another's already.
    std::uint64_t claim = 0;
    std::int64_t time_ns = 0; ///< wall clock, ns since the epoch
    EventKind kind = EventKind::bind;
    Origin origin = Origin::live;
    bool implicit = false;
    std::uint32_t error = 0; ///< errno of a failed call; 0: success
    std::uint16_t protocol = 0;
    Family family = Family::ipv4;
    std::optional<Address> address{};    ///< null: the call failed before the kernel read it
    std::optional<std::uint32_t> port{}; ///< host byte order; null with address
    std::optional<std::uint32_t> requested_port{};
    Socket socket;
    std::optional<Process> process{}; ///< null for a kernel socket, and for a found one that nobody has
    std::optional<Cgroup> cgroup{};
    std::optional<Container> container{};
    std::optional<PortInfo> iana{}; ///< null where there is no registry (vsock) or no port
    std::optional<std::uint64_t> held_ns{};
    std::optional<Found> found{}; ///< only with Origin::snapshot
    std::vector<Holder> holders;  ///< only on EADDRINUSE: what could be found of those in the way
    std::string reason;           ///< likewise, a sentence: why the first is in the way, and what ends that
    std::vector<Alert> alerts;

    [[nodiscard]] bool failed() const { return error != 0; }
};

/// The four kinds of line that are not about a claim, and the numbers they carry.
struct StartRecord {
    std::int64_t time_ns = 0;
    std::string version;
    std::string plan;
    std::string filters_json; ///< one JSON object
};
struct LostRecord {
    std::int64_t time_ns = 0;
    std::uint64_t count = 0;            ///< of what follows in sum; of records that could not be read, alone
    std::int64_t since_ns = 0;          ///< the last moment at which nothing was missing
    std::optional<std::uint32_t> cpu{}; ///< on which it was lost
    std::uint64_t bind = 0;
    std::uint64_t listen = 0;
    std::uint64_t release = 0;
    std::uint64_t untracked = 0; ///< claims for which there was no room: their releases will be missing
};
struct StopRecord {
    std::int64_t time_ns = 0;
    std::uint64_t events = 0;
    std::uint64_t lost = 0;
    std::uint64_t alerts = 0;
    std::uint64_t duration_ns = 0;
};

} // namespace bindwatch
