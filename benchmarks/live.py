"""How soon a write is seen: in event streams and in the figures, idle and under load; and a thousand streams at once.

`python -m benchmarks.live`: on a system of its own, all parts sharing the machine. Times are from the instant a change
was recorded in the database to its arrival here. Load is given as writes/s, ten to a request (`/api/todos/bulk`).
"""

import argparse
import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from service_testing.system import PASSWORD, System, unknown_id

USERS = 50
EACH = 20  # streams of a user, which is the most that a gateway allows
BULK = 10
AWAY = 1000


class Stream:
    """An open event stream: sequence and delay in milliseconds of each event."""

    def __init__(self, port: int, token: str, since: int | None = None) -> None:
        self.seen: list[tuple[int, float]] = []
        self._request = (
            f"GET /api/events/stream HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"{'' if since is None else f'Last-Event-ID: {since}'}\r\n".rstrip()
            + "\r\n\r\n"
        ).encode()
        self._port = port
        self.opened = asyncio.Event()

    async def read(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)
        try:
            writer.write(self._request)
            sequence = 0
            async for line in reader:
                if line.startswith(b"id: "):
                    sequence = int(line[4:])
                elif line.startswith(b"data: ") and sequence:
                    self.seen.append((sequence, delay(line)))
                    sequence = 0
                elif line.startswith(b"retry"):
                    self.opened.set()
        finally:
            writer.close()

    def delays(self) -> list[float]:
        return [milliseconds for _, milliseconds in self.seen]


def delay(line: bytes) -> float:
    start = line.index(b'"time":"') + 8
    recorded = datetime.fromisoformat(line[start : line.index(b'"', start)].decode())
    return (datetime.now(UTC) - recorded).total_seconds() * 1000


class User:
    def __init__(self, token: str, http: httpx.AsyncClient) -> None:
        self.token, self.http = token, http
        self._headers = {"Authorization": f"Bearer {token}"}

    async def create(self) -> dict[str, Any]:
        answer = await self.http.post("/api/todos", json={"title": "Buy milk and bread"}, headers=self._headers)
        return answer.raise_for_status().json()

    async def bulk(self, count: int) -> int:
        """The sequence after a bulk request of `count` writes."""
        operations = [{"op": "create", "todo": {"id": unknown_id(), "title": "Buy milk"}} for _ in range(count)]
        answer = await self.http.post("/api/todos/bulk", json={"operations": operations}, headers=self._headers)
        return int(answer.raise_for_status().headers["todo-sequence"])

    async def counted(self) -> float:
        """Milliseconds until figures count a write."""
        created = await self.create()
        parameters = {"min_sequence": created["version"]}
        found = (await self.http.get("/api/stats", params=parameters, headers=self._headers)).raise_for_status().json()
        assert found["as_of_sequence"] >= created["version"]
        return (datetime.now(UTC) - datetime.fromisoformat(created["created_at"])).total_seconds() * 1000


@contextlib.asynccontextmanager
async def open_streams(streams: Sequence[Stream]) -> AsyncIterator[None]:
    reading = [asyncio.create_task(stream.read()) for stream in streams]
    try:
        for stream in streams:
            async with asyncio.timeout(60):
                await stream.opened.wait()
        yield
    finally:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


async def sign_up(http: httpx.AsyncClient) -> User:
    account = {"email": f"{unknown_id()}@bench.example", "password": PASSWORD}
    (await http.post("/api/auth/register", json=account)).raise_for_status()
    tokens = (await http.post("/api/auth/login", json=account)).raise_for_status().json()
    return User(tokens["access_token"], http)


async def load(users: Sequence[User], writes: int, seconds: float) -> float:
    """Write at a steady rate; the rate that was reached, per second."""
    pause, started, number, under_way = BULK / writes, time.perf_counter(), 0, set[asyncio.Task[int]]()
    while (due := number * pause) < seconds:
        await asyncio.sleep(max(0.0, started + due - time.perf_counter()))
        task = asyncio.create_task(users[number % len(users)].bulk(BULK))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        number += 1
    await asyncio.gather(*under_way)
    return number * BULK / (time.perf_counter() - started)


async def seen_idle(port: int, users: Sequence[User], writes: int) -> None:
    stream = Stream(port, users[0].token)
    async with open_streams([stream]):
        for _ in range(writes):
            before = len(stream.seen)
            await users[0].create()
            while len(stream.seen) == before:  # noqa: ASYNC110 - another task reads
                await asyncio.sleep(0.001)
    report("to a stream, idle", stream.delays())
    report("to figures, idle", [await users[0].counted() for _ in range(writes)])


async def seen_under_load(port: int, users: Sequence[User], writes: int, seconds: float) -> None:
    streams = [Stream(port, user.token) for user in users]
    async with open_streams(streams):
        loading = asyncio.create_task(load(users, writes, seconds))
        counted = []
        while not loading.done():
            counted.append(await users[len(counted) % len(users)].counted())
            await asyncio.sleep(0.05)
        rate = await loading
        await asyncio.sleep(1)
    report(f"to a stream, {rate:.0f} writes/s", [one for stream in streams for one in stream.delays()])
    report(f"to figures, {rate:.0f} writes/s", counted)


async def seen_by_a_thousand(port: int, users: Sequence[User], writes: int) -> None:
    """Each write reaches all streams of its user; one more user reconnects after AWAY events."""
    streams = [Stream(port, user.token) for user in users[1:] for _ in range(EACH)]
    streams += [Stream(port, users[0].token) for _ in range(EACH - 1)]
    async with open_streams(streams):
        for number in range(writes):
            await users[1 + number % (len(users) - 1)].create()
            await asyncio.sleep(0.02)
        last = 0
        for _ in range(AWAY // 100):
            last = await users[0].bulk(100)
        await asyncio.sleep(2)
        started, late = time.perf_counter(), Stream(port, users[0].token, since=last - AWAY)
        async with open_streams([late]):
            while len(late.seen) < AWAY:  # noqa: ASYNC110 - another task reads
                await asyncio.sleep(0.005)
            seconds = time.perf_counter() - started
            await asyncio.sleep(1)
    assert [sequence for sequence, _ in late.seen] == list(range(last - AWAY + 1, last + 1))
    others = [one for stream in streams[: 1 - EACH] for one in stream.delays()]
    assert len(others) == writes * EACH
    report(f"to {len(streams):,} streams", others)
    print(f"{AWAY:,} events to one who was away: {seconds:.2f} s, none missing, none twice")


def report(what: str, milliseconds: Sequence[float]) -> None:
    cuts = statistics.quantiles(milliseconds, n=100)
    print(f"{what:32} p50 {cuts[49]:7.1f} ms   p99 {cuts[98]:7.1f} ms   of {len(milliseconds):,}", flush=True)


async def run(writes: int, rate: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="todobus-bench-") as folder:
        Path(folder).chmod(0o711)  # noqa: ASYNC240 - nothing runs yet
        system = System(Path(folder) / "data", "--no-web", "--no-rate-limits")
        await system.start()
        try:
            async with httpx.AsyncClient(base_url=system.url, timeout=30) as http:
                users = [await sign_up(http) for _ in range(USERS)]
                await seen_idle(system.port, users, writes)
                await seen_under_load(system.port, users, rate, seconds)
                await seen_by_a_thousand(system.port, users, writes)
        finally:
            system.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=300, help="timed one by one")
    parser.add_argument("--rate", type=int, default=500, help="writes/s of the load")
    parser.add_argument("--seconds", type=float, default=10, help="of the load")
    options = parser.parse_args()
    asyncio.run(run(options.writes, options.rate, options.seconds))


if __name__ == "__main__":
    main()
