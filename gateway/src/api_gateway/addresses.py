"""Addresses of clients, as sockets and proxies write them, in one spelling."""

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

# An address alone; with a port, an IPv6 one then in brackets; and as RFC 7239 writes it, in quotes or after `for=`.
WRITTEN = re.compile(r'(?:for=)?("?)(?:\[([^\]]+)\](?::\d{1,5})?|([0-9.]+):\d{1,5}|([^"\[\]]+))\1', re.IGNORECASE)


@lru_cache(maxsize=4096)
def canonical(text: str) -> str | None:
    """The address without port, quotes and zone, `::ffff:192.0.2.1` as IPv4; None if it is no address."""
    found = WRITTEN.fullmatch(text.strip())
    try:
        parsed = ip_address(found[2] or found[3] or found[4]) if found else None
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed)))
    return str(parsed) if parsed else None


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """What one client owns: an IPv4 address, or the /64 of a canonical IPv6 one."""
    return str(IPv6Address(int(IPv6Address(address)) >> 64 << 64)) if ":" in address else address
