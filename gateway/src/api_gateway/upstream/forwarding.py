"""Who the client is: the peer, or what trusted proxies in front of the gateway say about it."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from api_gateway.server.headers import Incoming
from api_gateway.settings import Network


class Forwarding:
    """Reads and writes `X-Forwarded-*`; what an untrusted peer sent of them does not count."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._networks = tuple(trusted)
        self.trusts = lru_cache(maxsize=4096)(self._trusts) if trusted else _nobody

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)

    def client(self, peer: str, incoming: Incoming) -> str:
        """What a client is counted by."""
        address = self.address(peer, incoming)
        return _network(address) or address

    def address(self, peer: str, incoming: Incoming) -> str:
        """The right-most address that no trusted proxy stands for."""
        if not self.trusts(peer) or not incoming.forwarded_for:
            return peer
        for hop in reversed(incoming.forwarded_for.decode("latin-1").split(",")):
            if not self.trusts(hop.strip()):
                return hop.strip() if _network(hop.strip()) else peer
        return peer

    def lines(self, peer: str, scheme: str, incoming: Incoming) -> bytes:
        """The header lines that tell a service: one address, the client's, so that none has to know our proxies."""
        client, proto, host = self.address(peer, incoming).encode(), scheme.encode(), incoming.host
        if self.trusts(peer):
            proto, host = incoming.forwarded_proto or proto, incoming.forwarded_host or host
        return b"x-forwarded-for: %b\r\nx-forwarded-proto: %b\r\nx-forwarded-host: %b\r\n" % (client, proto, host)


def _nobody(_: str) -> bool:
    return False


def _network(address: str) -> str | None:
    """One spelling per client: an IPv6 client owns a /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
