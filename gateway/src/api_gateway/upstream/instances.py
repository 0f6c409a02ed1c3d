"""One instance of a service: its connections, its recent failures, and whether it may take a request."""

import asyncio
import time
from dataclasses import dataclass

import structlog
from prometheus_client import Counter

from api_gateway.errors import UpstreamError, UpstreamUnreachable
from api_gateway.upstream.connections import Connection

log = structlog.get_logger("upstreams")

FAILURES = Counter("gateway_upstream_failures_total", "Exchanges with an instance that failed", ["upstream", "kind"])
EJECTIONS = Counter("gateway_upstream_ejections_total", "Times an instance was ejected", ["upstream"])


@dataclass(frozen=True, slots=True)
class Policy:
    """How long services may take (seconds), when one of their instances is ejected, and the budget of retries."""

    connect: float = 1.0
    first_byte: float = 10.0
    total: float = 30.0
    idle: float = 55.0  # services keep an idle connection for 75
    sweep: float = 0.25  # between two looks at the deadlines
    resolve: float = 5.0  # between two look-ups of the addresses
    first_ejection: float = 0.5
    longest_ejection: float = 30.0
    longest_ejection_refusing: float = 2.0  # asking an instance that refuses connections costs little
    failures_to_eject: int = 5
    several_clients: int = 2
    check: float = 1.0  # for the answer of an instance that is checked
    in_flight: int = 512
    retries_per_request: float = 0.2
    saved_retries: float = 100.0


POLICY = Policy()


class Instance:
    """One address of a service; `take` counts a request, then one of `succeeded`, `failed` and `abandoned` follows."""

    def __init__(self, service: str, host: str, port: int, policy: Policy = POLICY) -> None:
        self.service, self.host, self.port = service, host, port
        self.policy = policy
        self.in_flight = 0
        self.busy: set[Connection] = set()
        self.idle: list[Connection] = []
        self.retired = False
        self._failures = self._ejections = 0
        self._unserved: set[str] = set()
        self.ejected_until = 0.0
        self.refuses = False
        self._probing = False

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"

    def available(self, now: float) -> bool:
        """Whether it may take a request: not ejected, or due for a request that probes it."""
        return self.ejected_until == 0.0 or (now >= self.ejected_until and not self._probing)

    async def connect(self) -> Connection:
        """An idle connection or a new one; raises UpstreamUnreachable."""
        while self.idle:
            connection = self.idle.pop()
            if connection.usable:
                self.busy.add(connection)
                return connection
        try:
            async with asyncio.timeout(self.policy.connect):
                connection = await Connection.open(self.host, self.port)
        except (OSError, TimeoutError) as error:
            raise UpstreamUnreachable(self.service) from error
        self.busy.add(connection)
        return connection

    def give_back(self, connection: Connection) -> None:
        self.busy.discard(connection)
        if connection.finish() and not self.retired:
            connection.idle_since = time.monotonic()
            self.idle.append(connection)
        else:
            connection.transport.abort()

    def take(self, now: float) -> None:
        self.in_flight += 1
        if self.ejected_until and now >= self.ejected_until:
            self._probing = True

    def succeeded(self) -> None:
        self.in_flight -= 1
        self._failures, self.refuses = 0, False
        self._unserved.clear()
        if self.ejected_until:
            log.info("instance is back", upstream=self.service, address=self.name)
            self._ejections, self.ejected_until, self._probing = 0, 0.0, False

    def failed(self, *, unreachable: bool, last: bool = False) -> None:
        """Count a failure: a refused connection, a failed probe, or several in a row eject it unless it is `last`."""
        self.in_flight -= 1
        self._failures += 1
        FAILURES.labels(self.service, "unreachable" if unreachable else "broken").inc()
        self.refuses = unreachable
        if not last and (unreachable or self._probing or self._failures >= self.policy.failures_to_eject):
            self.eject()
        self._probing = False

    def for_several(self, client: str) -> bool:
        """Note that it did not serve a client; whether that is true for several, or a probe, since it last served one.

        Those of one client may ask too much of it, which says nothing about the instance.
        """
        if len(self._unserved) < self.policy.several_clients:
            self._unserved.add(client)
        return self._probing or len(self._unserved) >= self.policy.several_clients

    async def responds(self) -> bool:
        """Whether it answers a request that needs nothing; the status, which is 404, says no more than that."""
        self._unserved.clear()
        try:
            async with asyncio.timeout(self.policy.check):
                connection = await Connection.open(self.host, self.port)
                try:
                    request = b"GET /servable HTTP/1.1\r\nhost: gateway\r\n\r\n"
                    connection.begin(request, head_only=False, deadline=float("inf"))
                    await connection.head()
                finally:
                    connection.transport.abort()
        except (OSError, UpstreamError):  # TimeoutError is an OSError
            return False
        return True

    def abandoned(self) -> None:
        """The client disconnected: neither a success nor a failure of the instance."""
        self.in_flight -= 1
        self._probing = False

    def eject(self) -> None:
        policy = self.policy
        longest = policy.longest_ejection_refusing if self.refuses else policy.longest_ejection
        seconds = min(policy.first_ejection * 2 ** min(self._ejections, 10), longest)
        self._ejections += 1
        self.ejected_until, self._probing = time.monotonic() + seconds, False
        EJECTIONS.labels(self.service).inc()
        log.warning("instance ejected", upstream=self.service, address=self.name, seconds=seconds)

    def sweep(self, now: float) -> None:
        """Fail exchanges past their deadline and close connections that have been idle too long."""
        for connection in [one for one in self.busy if one.deadline < now]:
            connection.expire()
        while self.idle and (self.idle[0].idle_since + self.policy.idle < now or not self.idle[0].usable):
            self.idle.pop(0).transport.abort()

    def close(self) -> None:
        self.retired = True
        while self.idle:
            self.idle.pop().transport.abort()
