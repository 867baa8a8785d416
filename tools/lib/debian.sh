# SPDX-License-Identifier: Apache-2.0
# Sourced by tools/quickstart and tools/test: what they need of the system, and how it gets there.
# shellcheck shell=bash

# What a build needs. docs/DEPENDENCIES.md says what each is for.
build_packages=(bpftool clang cmake g++ libbpf-dev libcli11-dev libelf-dev libncurses-dev libspdlog-dev libutf8proc-dev
                ninja-build pkg-config python3 rapidjson-dev zlib1g-dev)
# What the tests need besides.
test_packages=(bpftrace busybox-static golang-go iproute2 jq libgmock-dev libgtest-dev lsof nginx-light nodejs
               podman python3-fastjsonschema python3-jsonschema python3-pytest qemu-system-x86 runc strace tmux util-linux xz-utils
               zstd)

# die STATUS MESSAGE
die() {
    printf '%s: %s\n' "${0##*/}" "$2" >&2
    exit "$1"
}

# Exits with status 2 where apt's packages are not Debian 12's or 13's, naming what to install by hand.
require_debian() {
    local id="" version=""
    if [ -r /etc/os-release ]; then
        id=$(. /etc/os-release && printf '%s' "${ID:-}")
        version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
    fi
    case "$id $version" in
    'debian 12' | 'debian 13') ;;
    *)
        die 2 "this is not Debian 12 or 13 but '${id:-unknown} ${version:-}'. Install what these Debian packages hold, \
then run cmake --preset default && cmake --build build: $*"
        ;;
    esac
}

require_root() {
    [ "$(id -u)" = 0 ] || die 3 "needs root, to install packages and to watch the kernel: sudo $0"
}

# Installs those of the named packages that are missing. Quiet unless it fails.
install_packages() {
    local missing=() package log
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    printf '%s: installing %s\n' "${0##*/}" "${missing[*]}" >&2
    log=$(mktemp)
    # RUNLEVEL=1: a server that comes as a test's subject is not started.
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
            apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die 1 "apt-get could not install them"
    fi
    rm -f "$log"
}

# The person behind sudo owns the checkout and what is built in it.
as_owner() {
    if [ "$(id -u)" = 0 ] && [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
        runuser -u "$SUDO_USER" -- "$@"
    else
        "$@"
    fi
}

# build DIRECTORY CONFIGURE-ARGUMENT…: configures once, builds what changed, shows the log only of a failure.
build() {
    local directory=$1 log
    shift
    log=$(mktemp)
    if [ ! -e "$directory/build.ninja" ]; then
        printf '%s: building in %s, which takes a minute or two\n' "${0##*/}" "$directory" >&2
    fi
    if ! { as_owner cmake "$@" -B "$directory" && as_owner cmake --build "$directory"; } >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        rm -f "$log"
        die 1 "the build failed"
    fi
    rm -f "$log"
}
