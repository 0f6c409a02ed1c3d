"""The instances of each service: which one takes a request, and which ones are left alone for a while."""

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import structlog
from prometheus_client import Counter, Gauge

from api_gateway.errors import UpstreamsBusy, UpstreamUnreachable
from api_gateway.upstream.connections import Connection
from todobus_events import tasks

log = structlog.get_logger("upstreams")
CONNECT_SECONDS = 1.0
FIRST_BYTE_SECONDS = 10.0
TOTAL_SECONDS = 30.0
IDLE_SECONDS = 55.0  # services keep an idle connection for 75
MAX_IN_FLIGHT = 512
FAILURES_TO_EJECT = 5
INTERNAL_SERVER_ERROR = 500
FIRST_EJECTION_SECONDS = 0.5
LONGEST_EJECTION_SECONDS = 30.0
LONGEST_ABSENCE_SECONDS = 2.0  # one that refuses connections costs little to ask again
SWEEP_SECONDS = 0.25
RESOLVE_SECONDS = 5.0
RETRIES_PER_REQUEST = 0.2
MOST_RETRIES_SAVED = 100.0

FAILURES = Counter("gateway_upstream_failures_total", "Exchanges with an instance that failed", ["upstream", "kind"])
EJECTIONS = Counter("gateway_upstream_ejections_total", "Times an instance was left alone", ["upstream"])
IN_FLIGHT = Gauge("gateway_upstream_in_flight", "Requests that instances are answering", ["upstream"])
INSTANCES = Gauge("gateway_upstream_instances", "Instances that may take a request", ["upstream"])


class Instance:
    """One address of a service, its idle connections and its recent failures."""

    def __init__(self, service: str, host: str, port: int) -> None:
        self.service, self.host, self.port = service, host, port
        self.in_flight = 0
        self.busy: set[Connection] = set()
        self.idle: list[Connection] = []
        self.retired = False
        self._failures = self._ejections = 0
        self.ejected_until = 0.0
        self.refuses = False
        self._probing = False

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"

    def available(self, now: float) -> bool:
        """Whether it may take a request: not ejected, or due for one that probes it."""
        return self.ejected_until == 0.0 or (now >= self.ejected_until and not self._probing)

    async def connect(self) -> Connection:
        """An idle connection or a new one; raises UpstreamUnreachable."""
        while self.idle:
            connection = self.idle.pop()
            if connection.usable:
                self.busy.add(connection)
                return connection
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
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
        if self.ejected_until:
            log.info("instance is back", upstream=self.service, address=self.name)
            self._ejections, self.ejected_until, self._probing = 0, 0.0, False

    def failed(self, *, unreachable: bool) -> None:
        """Count a failure; one that proves the instance gone, or the fifth in a row, ejects it."""
        self.in_flight -= 1
        self._failures += 1
        FAILURES.labels(self.service, "unreachable" if unreachable else "broken").inc()
        self.refuses = unreachable
        if unreachable or self._probing or self._failures >= FAILURES_TO_EJECT:
            self._eject()

    def abandoned(self) -> None:
        """The client went away: that says nothing of the instance."""
        self.in_flight -= 1
        self._probing = False

    def _eject(self) -> None:
        longest = LONGEST_ABSENCE_SECONDS if self.refuses else LONGEST_EJECTION_SECONDS
        seconds = min(FIRST_EJECTION_SECONDS * 2 ** min(self._ejections, 10), longest)
        self._ejections += 1
        self.ejected_until, self._probing = time.monotonic() + seconds, False
        EJECTIONS.labels(self.service).inc()
        log.warning("instance ejected", upstream=self.service, address=self.name, seconds=seconds)

    def sweep(self, now: float) -> None:
        """Fail exchanges that are over their deadline and close connections that were idle for too long."""
        for connection in [one for one in self.busy if one.deadline < now]:
            connection.expire()
        while self.idle and (self.idle[0].idle_since + IDLE_SECONDS < now or not self.idle[0].usable):
            self.idle.pop(0).transport.abort()

    def close(self) -> None:
        self.retired = True
        while self.idle:
            self.idle.pop().transport.abort()


class Upstream:
    """A service: the instances that its addresses resolve to."""

    def __init__(self, service: str, addresses: Iterable[str]) -> None:
        self.service = service
        self._addresses = [urlsplit(address) for address in addresses]
        self._instances: dict[tuple[str, int], Instance] = {}
        self._listed: list[Instance] = []
        self._retiring: list[Instance] = []
        self._retries = MOST_RETRIES_SAVED

    @property
    def instances(self) -> list[Instance]:
        return self._listed

    def pick(self, but: Instance | None = None) -> Instance:
        """The less loaded of two random available instances, if there is a choice not `but`; raises UpstreamsBusy."""
        now = time.monotonic()
        if but is None:
            self._retries = min(self._retries + RETRIES_PER_REQUEST, MOST_RETRIES_SAVED)
        available = [one for one in self._listed if one.available(now)]
        others = [one for one in available if one is not but]
        chosen = _less_loaded(others) if others else self._last_resort(but, available)
        if chosen.in_flight >= MAX_IN_FLIGHT:
            raise UpstreamsBusy(self.service)
        chosen.take(now)
        return chosen

    def may_retry(self) -> bool:
        """Takes one from the budget of second tries, which a fifth of the first tries pay for."""
        if self._retries < 1:
            return False
        self._retries -= 1
        return True

    def answered(self, instance: Instance, status: int) -> None:
        """An error of the service is a failure of the instance, unless no other could take its place."""
        if status < INTERNAL_SERVER_ERROR:
            instance.succeeded()
            return
        now = time.monotonic()
        if any(one.available(now) for one in self._listed if one is not instance):
            instance.failed(unreachable=False)
        else:
            instance.succeeded()

    def _last_resort(self, but: Instance | None, available: list[Instance]) -> Instance:
        """The instance that has refused connections for the longest may be back, and if not it says so at once."""
        refusing = [one for one in self._listed if one.refuses and one is not but]
        if refusing:
            return min(refusing, key=lambda one: one.ejected_until)
        if available:
            return available[0]
        raise UpstreamUnreachable(self.service)

    async def check(self) -> None:
        """Fails unless some instance takes a connection."""
        for instance in self._listed:
            with contextlib.suppress(UpstreamUnreachable):
                connection = await instance.connect()
                instance.busy.discard(connection)
                connection.transport.abort()
                return
        raise UpstreamUnreachable(self.service)

    async def resolve(self) -> None:
        """Find the instances; names that cannot be resolved now keep those they had."""
        found: list[tuple[str, int]] = []
        for address in self._addresses:
            try:
                found += await _resolved(address.hostname or "", address.port or 80)
            except OSError as error:
                log.warning("name not resolved", upstream=self.service, host=address.hostname, error=str(error))
                found += self._instances
        self._replace(dict.fromkeys(found))

    def _replace(self, addresses: Iterable[tuple[str, int]]) -> None:
        kept = {one: self._instances.get(one) or Instance(self.service, *one) for one in addresses}
        for gone in self._instances.keys() - kept.keys():
            self._instances[gone].close()
            self._retiring.append(self._instances[gone])
        self._instances, self._listed = kept, list(kept.values())

    def sweep(self, now: float) -> None:
        self._retiring = [instance for instance in self._retiring if instance.busy]
        for instance in self._listed + self._retiring:
            instance.sweep(now)
        IN_FLIGHT.labels(self.service).set(sum(one.in_flight for one in self._listed))
        INSTANCES.labels(self.service).set(sum(one.available(now) for one in self._listed))

    def close(self) -> None:
        for instance in self._listed:
            instance.close()


def _less_loaded(instances: list[Instance]) -> Instance:
    if len(instances) == 1:
        return instances[0]
    one, other = random.sample(instances, 2)
    return one if one.in_flight <= other.in_flight else other


async def _resolved(host: str, port: int) -> list[tuple[str, int]]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(address[0]), int(address[1])) for *_, address in found]


class Upstreams:
    """All services, kept up to date by two background tasks."""

    def __init__(self, addresses: dict[str, list[str]]) -> None:
        self._by_service = {service: Upstream(service, urls) for service, urls in addresses.items()}
        self._tasks: list[asyncio.Task[None]] = []

    def __getitem__(self, service: str) -> Upstream:
        return self._by_service[service]

    def __iter__(self) -> Iterator[Upstream]:
        return iter(self._by_service.values())

    async def start(self) -> None:
        await self._resolve_all()
        self._tasks = [asyncio.create_task(self._sweep()), asyncio.create_task(self._resolve())]

    async def stop(self) -> None:
        await tasks.end(*self._tasks)
        for upstream in self._by_service.values():
            upstream.close()

    async def _resolve_all(self) -> None:
        await asyncio.gather(*(upstream.resolve() for upstream in self._by_service.values()))

    async def _resolve(self) -> None:
        while True:
            await asyncio.sleep(RESOLVE_SECONDS)
            await self._resolve_all()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = time.monotonic()
            for upstream in self._by_service.values():
                upstream.sweep(now)
