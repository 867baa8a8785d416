# SPDX-License-Identifier: Apache-2.0
"""A file tree of Debian 12 with the programs of others in it, and commands that run there without touching the machine.

Packages are unpacked into a cache folder and none of their scripts is run: installing them would start servers, take
the time daemon away for another one, and test whatever version the machine happens to have.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from apt import Apt
from debian import locked

SUITE = "bookworm"
PACKAGES = [
    *("coreutils", "dash", "grep", "sed"),
    *("libpython3.11-testsuite", "python3.11"),
    *("golang-1.19-go", "golang-1.19-src"),
    "nodejs",
    *("chrony", "dnsmasq-base", "haproxy", "nginx-light", "openssh-server", "postgresql-15", "redis-server"),
]
NODE = "/opt/node"  # its source, of which only what the tests need
GO_NET_TEST = "/opt/go/net.test"
GO_NET = "/usr/share/go-1.19/src/net"
_NODE_SOURCE = ("test", "tools/test.py", "tools/utils.py", "tools/getnodeversion.py", "src/node_version.h")
_RECIPE = 1  # another number makes the tree anew
_USERS = ("root:0", "nobody:65534", "sshd:101", "postgres:102", "_chrony:103", "www-data:33", "dnsmasq:104")

# In namespaces of its own: loopback and no other network, the tree read-only, one folder to write into.
_ENTER = """
set -e
root=$1 writable=$2 user=$3; shift 3
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --bind "$writable" "$root/tmp"
for folder in run var/log var/lib root; do mount -t tmpfs tmpfs "$root/$folder"; done
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t proc proc "$root/proc"
mkdir -m 755 "$root/run/sshd"
hostname others
ip link set lo up
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 TZ=UTC \
    chroot --userspec="$user" "$root" "$@"
"""


def default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "bindwatch" / "others"


def prepared(cache: Path) -> Path:
    """The tree, made at the first call. Raises Unavailable where no Debian mirror answers."""
    cache.mkdir(parents=True, exist_ok=True)
    root = cache / "root"
    facts = json.dumps([_RECIPE, SUITE, PACKAGES])
    with locked(cache / "root.lock"):
        made = cache / "root.json"
        if not (made.is_file() and made.read_text() == facts):
            made.unlink(missing_ok=True)
            shutil.rmtree(root, ignore_errors=True)
            _make(root, cache)
            made.write_text(facts)
    return root


def entering(root: Path, command: Sequence[str], writable: Path, user: int = 0) -> list[str]:
    """`command` in the tree, with `writable` as its /tmp; it keeps the pid of the process that is started."""
    namespaces = ["unshare", "--net", "--mount", "--uts", "--ipc", "--"]
    return [*namespaces, "sh", "-c", _ENTER, "enter", str(root), str(writable), f"{user}:{user}", *command]


def _make(root: Path, cache: Path) -> None:
    apt = Apt(SUITE, "amd64", cache / "apt", sources=True)
    apt.update()
    for folder in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / folder).mkdir(parents=True)
        (root / folder).symlink_to(f"usr/{folder}")
    for deb in apt.download_closure(PACKAGES):
        files = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", root], stdin=files.stdout, check=True)
        if files.wait() != 0:
            raise RuntimeError(f"{deb} cannot be unpacked")
        deb.unlink()
    for folder in ("dev", "proc", "root", "run", "tmp", "var/log", "var/lib"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    etc = root / "etc"
    users = [user.split(":") for user in _USERS]
    (etc / "passwd").write_text("".join(f"{name}:x:{id}:{id}::/tmp:/bin/sh\n" for name, id in users))
    (etc / "group").write_text("".join(f"{name}:x:{id}:\n" for name, id in users))
    (etc / "hosts").write_text("127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 others\n")
    (etc / "resolv.conf").write_text("")
    _node(root, apt)
    _go(root)


def _node(root: Path, apt: Apt) -> None:
    with tempfile.TemporaryDirectory(dir=root.parent) as work:
        tarball = apt.download_source("nodejs", Path(work))
        target = root / NODE.lstrip("/")
        target.mkdir(parents=True)
        wanted = [f"*/{path}" for path in _NODE_SOURCE]
        command = ["tar", "-x", "--strip-components=1", "--wildcards", "-f", tarball, "-C", target]
        subprocess.run([*command, "--no-wildcards-match-slash", *wanted], check=True)


def _go(root: Path) -> None:
    """Without cgo: its tests then need no C compiler, and resolve names by Go's own code."""
    with tempfile.TemporaryDirectory(dir=root.parent) as work:
        settings = ["GOCACHE=/tmp/cache", "GO111MODULE=off", "CGO_ENABLED=0"]
        build = ["env", *settings, "/usr/lib/go-1.19/bin/go", "test", "-c", "-o", "/tmp/net.test", "net"]
        done = subprocess.run(entering(root, build, Path(work)), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"Go's net tests do not compile: {done.stderr}")
        target = root / GO_NET_TEST.lstrip("/")
        target.parent.mkdir(parents=True)
        shutil.move(Path(work) / "net.test", target)
