"""Which connections of clients are open: how many in all and from each address, and which are closed to make room."""

import resource
from collections.abc import Callable
from typing import TYPE_CHECKING

from prometheus_client import Counter

from api_gateway.addresses import network
from api_gateway.server import error_responses
from api_gateway.server.error_responses import ErrorResponse

if TYPE_CHECKING:
    from api_gateway.server.protocol import HttpProtocol

RESERVED_FILES = 32  # for listening sockets, the bus and the admin port
MOST = 16_384  # so many idle ones take 50 MB
CLOSED = Counter("gateway_connections_closed_total", "Connections of clients closed for the sake of others", ["reason"])


def most_connections() -> int:
    """Half of the files that this process may open, after a reserve: each client may need a connection to a service."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(max(1, (files - RESERVED_FILES) // 2), MOST)


class _Group:
    """Connections that share a limit; `idle` is in the order in which they became idle."""

    def __init__(self) -> None:
        self.count = 0
        self.idle: dict[HttpProtocol, None] = {}


class Admission:
    """Up to `most` connections, and `per_address` from each address that is not `exempt`.

    A new connection over a limit takes the place of the one that has been idle for the longest; if none is idle it is
    refused. `read_ahead` is the memory, in bytes, of answers that wait for clients to read them.
    """

    def __init__(self, most: int, per_address: int, exempt: Callable[[str], bool]) -> None:
        self._most, self._per_address, self._exempt = most, per_address, exempt
        self._all = _Group()
        self._by_network: dict[str, _Group] = {}
        self._groups: dict[HttpProtocol, tuple[str, _Group]] = {}
        self.read_ahead = 0

    def enter(self, connection: "HttpProtocol", address: str) -> ErrorResponse | None:
        """Count a new connection, as idle; or return why it has to be closed."""
        key = network(address)
        group = self._by_network.get(key) or _Group()
        if group.count >= self._per_address and not self._exempt(address) and not self._make_room(group):
            CLOSED.labels("address").inc()
            return error_responses.TOO_MANY_CONNECTIONS
        if self._all.count >= self._most and not self._make_room(self._all):
            CLOSED.labels("full").inc()
            return error_responses.TOO_BUSY
        self._by_network[key] = group
        self._groups[connection] = key, group
        group.count += 1
        self._all.count += 1
        self.idle(connection)
        return None

    def leave(self, connection: "HttpProtocol") -> None:
        self.busy(connection)
        if found := self._groups.pop(connection, None):
            key, group = found
            self._all.count -= 1
            group.count -= 1
            if not group.count:
                del self._by_network[key]

    def idle(self, connection: "HttpProtocol") -> None:
        if found := self._groups.get(connection):
            self._all.idle[connection] = found[1].idle[connection] = None

    def busy(self, connection: "HttpProtocol") -> None:
        if connection in self._all.idle:
            del self._all.idle[connection]
            del self._groups[connection][1].idle[connection]

    def _make_room(self, group: _Group) -> bool:
        for oldest in group.idle:
            CLOSED.labels("idle").inc()
            self.leave(oldest)
            oldest.transport.abort()
            return True
        return False
