// SPDX-License-Identifier: Apache-2.0
#include "enrich/container_path.hpp"

#include "util/decimal.hpp"

#include <bindwatch/event.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace bindwatch {
namespace {

constexpr std::size_t id_digits = 64;
constexpr std::size_t uid_digits = 32;        // of a static pod: a hash
constexpr std::size_t dashed_uid_length = 36; // RFC 9562

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_hex(std::string_view text, std::size_t length) {
    return text.size() == length && std::ranges::all_of(text, [](char c) { return is_hex(c); });
}

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Removes what is there, and says whether it was.
bool cut_front(std::string_view& text, std::string_view what) {
    const bool there = text.starts_with(what);
    text.remove_prefix(there ? what.size() : 0);
    return there;
}

bool cut_back(std::string_view& text, std::string_view what) {
    const bool there = text.ends_with(what);
    text.remove_suffix(there ? what.size() : 0);
    return there;
}

/// A path from its leaf to its root.
class Upwards {
  public:
    explicit Upwards(std::string_view path) : rest_(path) {}

    /// The next component; empty at the root.
    std::string_view next() {
        while (cut_back(rest_, "/")) {
        }
        const std::size_t slash = rest_.rfind('/');
        const std::string_view name = slash == std::string_view::npos ? rest_ : rest_.substr(slash + 1);
        rest_.remove_suffix(name.size());
        return name;
    }

  private:
    std::string_view rest_;
};

std::string_view parent_in(Upwards above) {
    return above.next();
}

bool is_near(Upwards above, std::string_view ancestor) {
    constexpr int levels = 3;
    for (int level = 0; level < levels; ++level) {
        if (above.next() == ancestor) {
            return true;
        }
    }
    return false;
}

/// systemd.unit(5): "\x2d" stands for '-'.
std::string unescaped(std::string_view unit) {
    std::string out;
    while (!unit.empty()) {
        const auto code = unit.starts_with("\\x") && unit.size() >= 4
                              ? parse_digits<unsigned>(unit.substr(2, 2), 16)
                              : std::nullopt;
        out += code ? static_cast<char>(*code) : unit.front();
        unit.remove_prefix(code ? 4 : 1);
    }
    return out;
}

/// "8712f785_1a3e_41ec_a00b_e2dcc77431cb" -> with dashes: in the name of a slice, a dash means a level.
std::optional<std::string> dashed_uid(std::string_view text) {
    if (is_hex(text, uid_digits)) {
        return std::string(text);
    }
    if (text.size() != dashed_uid_length) {
        return std::nullopt;
    }
    std::string out(text);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? out[i] != '-' && out[i] != '_' : !is_hex(out[i])) {
            return std::nullopt;
        }
        out[i] = dash ? '-' : out[i];
    }
    return out;
}

/// "pod<UID>", "kubepods-besteffort-pod<UID>.slice", and the latter with ":cri-containerd:<ID>" behind it,
/// which is what remains when a runtime that uses cgroupfs gets a path that is meant for systemd.
std::optional<std::string> pod_uid_of(std::string_view name) {
    name = name.substr(0, name.find(':'));
    cut_back(name, ".slice");
    for (const std::size_t length : {dashed_uid_length, uid_digits}) {
        if (name.size() < length) {
            continue;
        }
        std::string_view before = name.substr(0, name.size() - length);
        if (cut_back(before, "pod") && (before.empty() || before.ends_with('-'))) {
            if (auto uid = dashed_uid(name.substr(name.size() - length))) {
                return uid;
            }
        }
    }
    return std::nullopt;
}

struct Prefix {
    std::string_view text;
    std::string_view runtime;
};
constexpr std::array prefixes{
    Prefix{"cri-containerd", "containerd"}, Prefix{"crio", "cri-o"},    Prefix{"docker", "docker"},
    Prefix{"libpod-payload", "podman"},     Prefix{"libpod", "podman"}, Prefix{"nerdctl", "containerd"},
};

std::optional<PathIdentity> with_prefix(std::string_view prefix, std::string_view id) {
    const auto* const found = std::ranges::find(prefixes, prefix, &Prefix::text);
    if (found == prefixes.end() || !is_hex(id, id_digits)) {
        return std::nullopt;
    }
    return PathIdentity{.id = std::string(id), .runtime = found->runtime};
}

/// "docker-<ID>.scope", "crio-<ID>", "…slice:cri-containerd:<ID>".
std::optional<PathIdentity> prefixed(std::string_view name) {
    cut_back(name, ".scope");
    const std::size_t before_id = name.find_last_of("-:");
    if (before_id == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view prefix = name.substr(0, before_id);
    if (name[before_id] == ':') {
        prefix.remove_prefix(std::min(prefix.rfind(':') + 1, prefix.size()));
    }
    return with_prefix(prefix, name.substr(before_id + 1));
}

/// "docker/<ID>", "pod<UID>/<ID>".
std::optional<PathIdentity> bare(std::string_view name, const Upwards& above) {
    if (!is_hex(name, id_digits)) {
        return std::nullopt;
    }
    const std::string_view parent = parent_in(above);
    if (parent == "docker") {
        return PathIdentity{.id = std::string(name), .runtime = "docker"};
    }
    if (pod_uid_of(parent)) {
        return PathIdentity{.id = std::string(name), .runtime = unknown_runtime};
    }
    return std::nullopt;
}

/// "lxc.payload.NAME", of older versions "lxc/NAME" and "lxc.payload/NAME".
std::optional<PathIdentity> lxc(std::string_view name, const Upwards& above) {
    const std::string_view parent = parent_in(above);
    const bool by_parent = (parent == "lxc" || parent == "lxc.payload") && !name.starts_with("lxc.") &&
                           name != "." && name != "..";
    if ((!cut_front(name, "lxc.payload.") && !by_parent) || name.empty()) {
        return std::nullopt;
    }
    return PathIdentity{.id = std::string(name), .runtime = "lxc"};
}

/// "machine-lxc\x2d<PID>\x2d<NAME>.scope", as libvirt registers with systemd-machined.
std::optional<PathIdentity> libvirt_lxc(std::string_view name) {
    if (!cut_front(name, "machine-lxc\\x2d") || !cut_back(name, ".scope") || name.empty()) {
        return std::nullopt;
    }
    return PathIdentity{.id = unescaped(name), .runtime = "libvirt-lxc"};
}

/// "systemd-nspawn@<NAME>.service/payload", "machine-<NAME>.scope/payload"; systemd-nspawn itself is in
/// "supervisor".
std::optional<PathIdentity> nspawn(std::string_view name, const Upwards& above) {
    if (name != "payload") {
        return std::nullopt;
    }
    std::string_view unit = parent_in(above);
    const bool started = (cut_front(unit, "systemd-nspawn@") && cut_back(unit, ".service")) ||
                         (cut_front(unit, "machine-") && cut_back(unit, ".scope"));
    if (!started || unit.empty()) {
        return std::nullopt;
    }
    return PathIdentity{.id = unescaped(unit), .runtime = "systemd-nspawn"};
}

/// "ecs/<TASK>/<32 HEX>-<DIGITS>", and on machines of one's own "ecs/<CLUSTER>/<TASK>/<ID>".
std::optional<PathIdentity> ecs(std::string_view name, const Upwards& above) {
    constexpr std::size_t task_digits = 32;
    const bool fargate = name.size() > task_digits + 1 && name[task_digits] == '-' &&
                         is_hex(name.substr(0, task_digits), task_digits) &&
                         is_digits(name.substr(task_digits + 1));
    if ((!fargate && !is_hex(name, id_digits)) || !is_near(above, "ecs")) {
        return std::nullopt;
    }
    return PathIdentity{.id = std::string(name), .runtime = "ecs"};
}

/// The container that the component `name` of a path stands for.
std::optional<PathIdentity> container_at(std::string_view name, const Upwards& above) {
    auto found = prefixed(name);
    if (!found) {
        found = bare(name, above);
    }
    if (!found) {
        found = lxc(name, above);
    }
    if (!found) {
        found = libvirt_lxc(name);
    }
    if (!found) {
        found = nspawn(name, above);
    }
    return found ? found : ecs(name, above);
}

} // namespace

PathIdentity identify_path(std::string_view cgroup_path) {
    PathIdentity identity;
    Upwards upwards(cgroup_path);
    for (std::string_view name = upwards.next(); !name.empty(); name = upwards.next()) {
        if (identity.id.empty()) {
            if (auto found = container_at(name, upwards)) {
                identity = std::move(*found);
            }
        }
        if (identity.pod_uid.empty()) {
            identity.pod_uid = pod_uid_of(name).value_or("");
        }
        if (!identity.id.empty() && !identity.pod_uid.empty()) {
            break;
        }
    }
    return identity;
}

} // namespace bindwatch
