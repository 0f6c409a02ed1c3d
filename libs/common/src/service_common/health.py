"""Liveness, readiness and metrics: the small app that each process serves on its admin port."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Receive, Scope, Send

from service_common.supervision import Supervisor

Check = Callable[[], Awaitable[object]]
CHECK_SECONDS = 3.0


class Readiness:
    """The dependencies of a process, each with a check that raises while it is not usable.

    Dependencies in `optional` are reported like the others; without them a process is degraded, but ready.
    Those named in `shared` are the same for all instances: without them no instance is ready, but all are `servable`,
    since a balancer that removed them all would turn a degraded system into one that is down.
    A background task that is down is reported too, and counts like a dependency.
    """

    def __init__(self, supervisor: Supervisor | None = None, /, **checks: Check) -> None:
        self.supervisor = supervisor or Supervisor()
        self.checks = dict(checks)
        self.optional: dict[str, Check] = {}
        self.shared: frozenset[str] = frozenset()
        self.check_seconds = CHECK_SECONDS
        self.draining = False

    async def state(self) -> tuple[bool, dict[str, str]]:
        """Whether all dependencies are usable, and the state of each: `ok`, or the reason."""
        states = await self._states(self.checks | self.optional)
        if self.draining:
            return False, states
        down = self.supervisor.down
        usable = all(states[part] == "ok" for part in self.checks) and not any(task.essential for task in down)
        failures = {task.name: f"failed {task.failures} times in a row, is started again" for task in down}
        return usable, states | failures

    async def servable(self) -> tuple[bool, dict[str, str]]:
        """Whether this instance can answer as well as any other, and the state of what is its own."""
        states = await self._states({part: check for part, check in self.checks.items() if part not in self.shared})
        return set(states.values()) <= {"ok"}, states

    async def _states(self, checks: dict[str, Check]) -> dict[str, str]:
        if self.draining:
            return {"process": "shutting down"}
        results = await asyncio.gather(*(self._run(check) for check in checks.values()))
        return dict(zip(checks, results, strict=True))

    async def _run(self, check: Check) -> str:
        try:
            await asyncio.wait_for(check(), self.check_seconds)
        except TimeoutError:
            return "timed out"
        except Exception as error:  # noqa: BLE001 - the error is the state
            return str(error) or type(error).__name__
        return "ok"

    async def report(self) -> tuple[int, bytes]:
        """Status and body of `/readyz`."""
        ready, parts = await self.state()
        return _report("ready", parts, holds=ready)


def _report(word: str, parts: dict[str, str], *, holds: bool) -> tuple[int, bytes]:
    return (200 if holds else 503), orjson.dumps({"status": word if holds else f"not {word}", "parts": parts})


def admin_app(readiness: Readiness) -> ASGIApp:
    """`/healthz` for supervisors, `/servable` for load balancers, `/readyz` for people and alerts, and `/metrics`."""

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        status, kind, body = 404, b"application/json", b'{"status":"unknown path"}'
        if scope["path"] == "/healthz":
            status, body = 200, b'{"status":"alive"}'
        elif scope["path"] == "/readyz":
            status, body = await readiness.report()
        elif scope["path"] == "/servable":
            servable, parts = await readiness.servable()
            status, body = _report("servable", parts, holds=servable)
        elif scope["path"] == "/metrics":
            status, kind, body = 200, CONTENT_TYPE_LATEST.encode(), generate_latest()
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app
