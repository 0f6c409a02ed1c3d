"""The client's address: the peer's, or the one that trusted proxies in front of the gateway report."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address

from api_gateway.addresses import canonical, network
from api_gateway.request_headers import RequestHeaders
from api_gateway.settings import Network


class TrustedProxies:
    """Reads and writes `X-Forwarded-*`; those that an untrusted peer sends are ignored. Addresses are canonical."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._networks = tuple(trusted)
        self.trusts = lru_cache(maxsize=4096)(self._trusts) if trusted else _trusts_none

    def _trusts(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in trusted for trusted in self._networks)

    def client(self, peer: str, headers: RequestHeaders) -> str:
        """What a client is counted by: its address, or the network of an IPv6 one."""
        return network(self.address(peer, headers))

    def address(self, peer: str, headers: RequestHeaders) -> str:
        """The right-most address that is not a trusted proxy's."""
        if not self.trusts(peer) or not headers.forwarded_for:
            return peer
        for hop in reversed(headers.forwarded_for.decode("latin-1").split(",")):
            address = canonical(hop)
            if address is None:
                return peer
            if not self.trusts(address):
                return address
        return peer

    def lines(self, peer: str, scheme: str, headers: RequestHeaders) -> bytes:
        """The header lines for a service: only the client's address, so that services need not know the proxies."""
        client, proto, host = self.address(peer, headers).encode(), scheme.encode(), headers.host
        if self.trusts(peer):
            proto, host = headers.forwarded_proto or proto, headers.forwarded_host or host
        return b"x-forwarded-for: %b\r\nx-forwarded-proto: %b\r\nx-forwarded-host: %b\r\n" % (client, proto, host)


def _trusts_none(_: str) -> bool:
    return False
