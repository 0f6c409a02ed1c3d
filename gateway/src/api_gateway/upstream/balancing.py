"""The instances of each service, and which one takes a request."""

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from urllib.parse import urlsplit

import structlog
from prometheus_client import Gauge

from api_gateway.errors import UpstreamsBusy, UpstreamTimedOut, UpstreamUnreachable
from api_gateway.upstream.instances import FAILURES, POLICY, Instance, Policy
from service_common.errors import ServiceError
from todobus_events import tasks
from todobus_events.tasks import BackgroundTask, Supervisor

log = structlog.get_logger("upstreams")
Resolver = Callable[[str, int], Awaitable[list[tuple[str, int]]]]
INTERNAL_SERVER_ERROR = 500
LATER = (503, 504)

IN_FLIGHT = Gauge("gateway_upstream_in_flight", "Requests that instances are answering", ["upstream"])
INSTANCES = Gauge("gateway_upstream_instances", "Instances that may take a request", ["upstream"])


async def resolve_host(host: str, port: int) -> list[tuple[str, int]]:
    """The addresses of a host; raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(address[0]), int(address[1])) for *_, address in found]


class Upstream:
    """A service: the instances that its addresses resolve to."""

    def __init__(
        self, service: str, addresses: Iterable[str], policy: Policy = POLICY, resolver: Resolver = resolve_host
    ) -> None:
        self.service, self.policy, self._resolver = service, policy, resolver
        self._addresses = [urlsplit(address) for address in addresses]
        self._by_address: dict[tuple[str, int], Instance] = {}
        self.instances: list[Instance] = []
        self._retiring: list[Instance] = []
        self._retries = policy.saved_retries

    def pick(self, but: Instance | None = None) -> Instance:
        """The less loaded of two random available instances, other than `but` if possible.

        Raises UpstreamsBusy and UpstreamUnreachable.
        """
        now = time.monotonic()
        if but is None:
            self._retries = min(self._retries + self.policy.retries_per_request, self.policy.saved_retries)
        available = [one for one in self.instances if one.available(now) and not (one is but and one.refuses)]
        others = [one for one in available if one is not but]
        chosen = _less_loaded(others) if others else self._last_resort(but, available)
        if chosen.in_flight >= self.policy.in_flight:
            raise UpstreamsBusy(self.service)
        chosen.take(now)
        return chosen

    def may_retry(self) -> bool:
        """Take one from the budget of retries, to which each first try adds a part; whether there was one."""
        if self._retries < 1:
            return False
        self._retries -= 1
        return True

    def answered(self, instance: Instance, status: int, client: str) -> None:
        """Count a complete answer; a 5xx is a failure, one that means "later" if several clients get it."""
        if status < INTERNAL_SERVER_ERROR:
            instance.succeeded()
        elif status in LATER and not instance.for_several(client):
            instance.abandoned()
        else:
            instance.failed(unreachable=False, last=self._is_last(instance))

    async def failed(self, instance: Instance, error: ServiceError, client: str) -> None:
        """Count an exchange without a complete answer; after time-outs of several clients the instance is checked."""
        if not isinstance(error, UpstreamTimedOut):
            unreachable = isinstance(error, UpstreamUnreachable)
            instance.failed(unreachable=unreachable, last=self._is_last(instance))
            return
        FAILURES.labels(self.service, "timeout").inc()
        check = instance.for_several(client)
        instance.abandoned()
        due = check and instance.available(time.monotonic())
        if due and not await instance.responds() and not self._is_last(instance):
            instance.eject()

    def _is_last(self, instance: Instance) -> bool:
        """Whether all others are ejected: it must not be, for a failing instance may still answer some requests."""
        return all(one.ejected_until for one in self.instances if one is not instance)

    def _last_resort(self, but: Instance | None, available: list[Instance]) -> Instance:
        """One that refuses connections may be back, and a refusal is immediate; else `but` again, or any."""
        others = [one for one in self.instances if one is not but]
        left = [one for one in others if one.refuses] or available or others
        if not left:
            raise UpstreamUnreachable(self.service)
        return min(left, key=lambda one: one.ejected_until)

    async def check(self) -> None:
        """Fails unless some instance takes a connection."""
        for instance in self.instances:
            with contextlib.suppress(UpstreamUnreachable):
                connection = await instance.connect()
                instance.busy.discard(connection)
                connection.transport.abort()
                return
        raise UpstreamUnreachable(self.service)

    async def resolve(self) -> None:
        """Find the instances; a name that cannot be resolved now keeps its instances."""
        found: list[tuple[str, int]] = []
        for address in self._addresses:
            try:
                found += await self._resolver(address.hostname or "", address.port or 80)
            except OSError as error:
                log.warning("name not resolved", upstream=self.service, host=address.hostname, error=str(error))
                found += self._by_address
        self._replace(dict.fromkeys(found))

    def _replace(self, addresses: Iterable[tuple[str, int]]) -> None:
        kept = {one: self._by_address.get(one) or Instance(self.service, *one, self.policy) for one in addresses}
        for gone in self._by_address.keys() - kept.keys():
            self._by_address[gone].close()
            self._retiring.append(self._by_address[gone])
        self._by_address, self.instances = kept, list(kept.values())

    def sweep(self, now: float) -> None:
        self._retiring = [instance for instance in self._retiring if instance.busy]
        for instance in self.instances + self._retiring:
            instance.sweep(now)
        IN_FLIGHT.labels(self.service).set(sum(one.in_flight for one in self.instances))
        INSTANCES.labels(self.service).set(sum(one.available(now) for one in self.instances))

    def close(self) -> None:
        for instance in self.instances:
            instance.close()


def _less_loaded(instances: list[Instance]) -> Instance:
    if len(instances) == 1:
        return instances[0]
    one, other = random.sample(instances, 2)
    return one if one.in_flight <= other.in_flight else other


class Upstreams:
    """All services; background tasks resolve their addresses again and enforce deadlines."""

    def __init__(
        self,
        addresses: Mapping[str, Iterable[str]],
        policy: Policy = POLICY,
        resolver: Resolver = resolve_host,
        supervisor: Supervisor | None = None,
    ) -> None:
        self._policy = policy
        self._supervisor = supervisor or Supervisor()
        self._by_service = {name: Upstream(name, urls, policy, resolver) for name, urls in addresses.items()}
        self._tasks: list[BackgroundTask] = []

    def __getitem__(self, service: str) -> Upstream:
        return self._by_service[service]

    async def start(self) -> None:
        await self._resolve_all()
        works = {"upstream-sweep": self._sweep, "upstream-names": self._resolve}
        self._tasks = [self._supervisor.start(name, work) for name, work in works.items()]

    async def stop(self) -> None:
        await tasks.stop(*self._tasks)
        for upstream in self._by_service.values():
            upstream.close()

    async def _resolve_all(self) -> None:
        await asyncio.gather(*(upstream.resolve() for upstream in self._by_service.values()))

    async def _resolve(self) -> None:
        while True:
            await asyncio.sleep(self._policy.resolve)
            await self._resolve_all()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._policy.sweep)
            now = time.monotonic()
            for upstream in self._by_service.values():
                upstream.sweep(now)
