# SPDX-License-Identifier: Apache-2.0
"""The programs of others: how each is started, when it is ready, how long it may take, and what of it is left out."""

from __future__ import annotations

from dataclasses import dataclass, field

from world import GO_NET, GO_NET_TEST, NODE

_POSTGRES = 102  # its user in that tree


@dataclass(frozen=True)
class Subject:
    """A program that runs in the tree of world.py, with a fresh folder as /tmp and its home."""

    name: str
    command: list[str]
    limit: int  # seconds, generous: a busy machine must not fail it
    files: dict[str, str] = field(default_factory=dict)  # below /tmp
    prepare: list[str] | None = None  # runs before, unobserved
    user: int = 0
    # A server: ended with SIGTERM after so many successful binds and listens. None: it ends by itself.
    ready: int | None = None
    left_out: dict[str, str] = field(default_factory=dict)  # test and reason


def _python(name: str, limit: int, left_out: dict[str, str]) -> Subject:
    ignore = [word for test in left_out for word in ("--ignore", test)]
    command = ["python3.11", "-m", "test", "-v", "--tempdir=/tmp", *ignore, name]
    return Subject(f"CPython {name}", command, limit, left_out=left_out)


def _node(subject: str) -> Subject:
    command = ["python3.11", f"{NODE}/tools/test.py", "--shell=/usr/bin/node", "--mode=release", "-j2", "--timeout=60"]
    command += ["--temp-dir=/tmp", "--progress=dots", f"parallel/test-{subject}-*"]
    return Subject(f"Node test-{subject}", command, 600)


def _server(name: str, command: list[str], ready: int, **more: object) -> Subject:
    return Subject(name, command, 60, ready=ready, **more)  # type: ignore[arg-type]


_NO_VSOCK = {"*ThreadedVSOCKSocketStreamTest*": "waits for ever where a machine has a CID and no loopback for it"}

_GO = ["sh", "-c", f"cd {GO_NET} && exec {GO_NET_TEST} -test.short -test.timeout=500s"]

_NGINX = """
daemon off; worker_processes 2; pid /tmp/nginx.pid; error_log /tmp/error.log; user www-data;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path /tmp/b; proxy_temp_path /tmp/p;
  fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
  server { listen 80; listen [::]:80; listen 8080 reuseport; listen 127.0.0.1:8443; }
}
"""

_REDIS = "bind 127.0.0.1 ::1\nport 6379\ndir /tmp\nsave \"\"\nlogfile /tmp/redis.log\n"

_DNSMASQ = """
no-daemon
no-resolv
no-hosts
user=root
bind-interfaces
listen-address=127.0.0.1,::1
port=53
log-facility=-
"""

_SSHD = "Port 22\nPort 2222\nHostKey /tmp/key\nPidFile none\nUsePAM no\n"

_HAPROXY = """
global
  maxconn 64
defaults
  mode tcp
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend one
  bind 127.0.0.1:8000
  bind [::]:8001 v4v6
  bind :8002-8004
  default_backend none
backend none
  server nobody 127.0.0.1:9
"""

_CHRONY = """
port 123
allow all
cmdport 323
bindcmdaddress 127.0.0.1
bindcmdaddress ::1
pidfile /tmp/chronyd.pid
driftfile /tmp/drift
"""

SUBJECTS = [
    _python("test_socket", 600, _NO_VSOCK),
    _python("test_asyncio", 600, {}),
    _node("net"),
    _node("dgram"),
    Subject("Go net", _GO, 600),
    _server("nginx", ["nginx", "-e", "/tmp/error.log", "-c", "/tmp/nginx.conf"], 10, files={"nginx.conf": _NGINX}),
    _server("redis", ["redis-server", "/tmp/redis.conf"], 4, files={"redis.conf": _REDIS}),
    _server(
        "postgres",
        ["/usr/lib/postgresql/15/bin/postgres", "-D", "/tmp/data", "-k", "/tmp", "-h", "127.0.0.1,::1"],
        4,
        prepare=["/usr/lib/postgresql/15/bin/initdb", "-D", "/tmp/data", "--no-sync", "-A", "trust"],
        user=_POSTGRES,
    ),
    _server("dnsmasq", ["dnsmasq", "-C", "/tmp/dnsmasq.conf"], 6, files={"dnsmasq.conf": _DNSMASQ}),
    _server(
        "sshd",
        ["/usr/sbin/sshd", "-D", "-e", "-f", "/tmp/sshd_config"],
        8,
        files={"sshd_config": _SSHD},
        prepare=["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/tmp/key"],
    ),
    _server("haproxy", ["haproxy", "-W", "-f", "/tmp/haproxy.cfg"], 10, files={"haproxy.cfg": _HAPROXY}),
    # -x: it leaves the machine's clock alone.
    _server(
        "chrony",
        ["chronyd", "-d", "-x", "-u", "root", "-f", "/tmp/chrony.conf"],
        4,
        files={"chrony.conf": _CHRONY},
    ),
]
