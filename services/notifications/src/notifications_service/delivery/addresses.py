"""Where requests to the outside may go: a host is resolved once, checked, and connected to at that very address."""

import asyncio
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = ip_network("64:ff9b::/96")
UNICAST = ip_network("2000::/3")  # all of IPv6 that is given out
# Tunnels, which end who knows where, and what older releases of Python take for public.
REFUSED = (ip_network("2001::/32"), ip_network("2002::/16"), ip_network("192.0.0.0/24"))
THREADS = 64  # a name server that does not answer keeps one busy for some 20 s


class RefusedAddressError(OSError):
    """The host has no address that may be used; the message is for the owner of the webhook."""


def is_public(address: Address) -> bool:
    """Whether an address is one of the public Internet; an IPv4 address in IPv6 form is that IPv4 address."""
    plain = _plain(address)
    if any(plain in network for network in REFUSED) or (plain.version == UNICAST.version and plain not in UNICAST):
        return False
    return plain.is_global and not (plain.is_multicast or plain.is_reserved)


def is_usable(address: Address, allowed: Iterable[Network]) -> bool:
    plain = _plain(address)
    return is_public(address) or any(plain in network for network in allowed)


def _plain(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


class Resolver:
    """Resolves hosts as the system does: octal and decimal forms of addresses are addresses here too."""

    def __init__(self, allowed: Sequence[Network] = ()) -> None:
        self._allowed = allowed
        self._threads = ThreadPoolExecutor(THREADS, "resolver")
        self._asked: dict[str, asyncio.Future[list[str]]] = {}

    async def resolve(self, host: str) -> str:
        """The address to connect to. Raises: RefusedAddressError.

        A host that has an address inside as well as one outside is refused.
        """
        try:
            addresses = await asyncio.shield(self._ask(host))
        except (OSError, UnicodeError) as error:
            raise RefusedAddressError("the host does not resolve") from error
        if not addresses or not all(is_usable(ip_address(address), self._allowed) for address in addresses):
            raise RefusedAddressError("the host is not on the public Internet")
        return addresses[0]

    async def settled(self, host: str) -> None:
        """Wait until nothing is asked about the host any more: a question cannot be taken back."""
        if host in self._asked:
            await asyncio.wait([self._asked[host]])

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ask(self, host: str) -> asyncio.Future[list[str]]:
        """One question at a time about each host."""
        if host not in self._asked:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, _addresses, host)
            asked.add_done_callback(lambda _: self._asked.pop(host, None))
            asked.add_done_callback(lambda done: done.cancelled() or done.exception())  # asked for by nobody any more
            self._asked[host] = asked
        return self._asked[host]


def _addresses(host: str) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the address that was checked; TLS still names the host, and checks its certificate."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        return await self._network.connect_tcp(await self._resolver.resolve(host), port, *args, **options)

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)
