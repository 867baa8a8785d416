# SPDX-License-Identifier: Apache-2.0
"""The scope of an address, by Python's own tables and not by bindwatch's."""

from __future__ import annotations

import ipaddress

_CID_ANY, _CID_LOCAL = "4294967295", "1"  # <linux/vm_sockets.h>
_PRIVATE = [
    ipaddress.ip_network(block)  # RFC 1918, RFC 6598, RFC 4193
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
]


def of(address: str | None) -> str | None:
    """Of an IP address or a CID in text (docs/EVENTS.md, `scope`)."""
    if address is None:
        return None
    if address.isdigit():
        return {_CID_ANY: "any", _CID_LOCAL: "loopback"}.get(address, "private")
    parsed = ipaddress.ip_address(address)
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if parsed.is_unspecified:
        return "any"
    if parsed.is_loopback:
        return "loopback"
    if parsed.is_multicast:
        return "multicast"
    if parsed.is_link_local or str(parsed) == "255.255.255.255":
        return "link-local"
    if any(parsed in block for block in _PRIVATE):
        return "private"
    return "global"
