"""Fifty users of a whole system: they write at once, each with an open event stream, and compare the results."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nats

from service_testing.system import Person, System, person
from service_testing.waiting import wait_until
from stats_service.projection.replay import Replay
from todobus_events import tasks

PEOPLE = 50
WRITES = 4  # of each person and run
DEADLINE = 90.0
AT_ONCE = 4
TOKEN_SECONDS = 150
RETRY_SECONDS = 0.2  # of a browser


class Member:
    """A user, the writes that were acknowledged, and a browser that follows the event stream."""

    def __init__(self, owner: Person, *, resumes: bool = True) -> None:
        self.owner, self.resumes = owner, resumes
        self.asleep = False  # the browser closes its stream at the next line, as on a closed laptop
        self.acknowledged: set[str] = set()
        self.failures: list[str] = []  # answers with an error; a lost connection is none
        self.seen: list[int] = []
        self.changes: list[dict[str, Any]] = []

    def fail(self, answer: httpx.Response) -> None:
        self.failures.append(f"{answer.status_code} {answer.request.method} {answer.url.path}: {answer.text}")

    async def watch(self) -> None:
        """Follow the stream; after a lost connection from the last sequence seen, without `resumes` from the next."""
        while True:
            await wait_until(lambda: not self.asleep, DEADLINE)
            first = not self.seen
            headers = {"Last-Event-ID": str(self.seen[-1] if self.seen else 0)} if self.resumes or first else {}
            try:
                async with self.owner.http.stream("GET", "/api/events/stream", headers=headers) as stream:
                    async for line in stream.aiter_lines():
                        if self.asleep:
                            break
                        if line.startswith("id: "):
                            self.seen.append(int(line.removeprefix("id: ")))
            except httpx.TransportError:
                pass
            await asyncio.sleep(RETRY_SECONDS)

    async def agree(self, deadline: float) -> None:
        """Todos, changes, statistics and the stream are equal; each change comes once and in order."""
        await wait_until(self._read_on, deadline)
        todos = {todo["id"] for todo in await self.owner.todos()}
        numbers = list(range(1, len(self.changes) + 1))
        assert self.acknowledged <= todos == {change["todo"]["id"] for change in self.changes}
        assert [change["sequence"] for change in self.changes] == numbers
        await wait_until(self._is_counted, deadline)
        assert (await self.owner.stats())["total"] == len(todos)
        await wait_until(lambda: len(self.seen) >= len(numbers), deadline)
        assert self.seen == numbers

    async def lost(self) -> set[str]:
        """Todos that were acknowledged and are in no change."""
        await wait_until(self._read_on, DEADLINE)
        return self.acknowledged - {change["todo"]["id"] for change in self.changes}

    async def _read_on(self) -> bool:
        """Read the next changes; whether these were the last."""
        answer = await self.owner.http.get("/api/changes", params={"since": len(self.changes), "limit": 500})
        if answer.status_code != httpx.codes.OK:
            self.fail(answer)
            return False
        self.changes += answer.json()["changes"]
        return not answer.json()["has_more"]

    async def _is_counted(self) -> bool:
        answer = await self.owner.http.get("/api/stats")
        return answer.status_code == httpx.codes.OK and answer.json()["as_of_sequence"] == len(self.changes)


class Crowd:
    """Users who write at once."""

    def __init__(self, system: System, members: list[Member]) -> None:
        self.system, self.members = system, members
        self.halfway = asyncio.Event()
        self.written = 0
        self._logged_in_at = time.monotonic()

    @property
    def failures(self) -> list[str]:
        return [failure for member in self.members for failure in member.failures]

    async def write(self) -> None:
        self.halfway.clear()
        for number in range(WRITES):
            await asyncio.gather(*(self.create(member) for member in self.members))
            if number == WRITES // 2 - 1:
                self.halfway.set()

    async def create(self, member: Member) -> None:
        try:
            answer = await member.owner.http.post("/api/todos", json={"title": "todo"})
        except httpx.TransportError:
            return
        if answer.status_code == httpx.codes.CREATED:
            member.acknowledged.add(answer.json()["id"])
            self.written += 1
        else:
            member.fail(answer)

    async def agree(self, deadline: float = DEADLINE) -> None:
        asking = [asyncio.create_task(member.agree(deadline)) for member in self.members]
        try:
            await asyncio.gather(*asking)
        finally:
            await tasks.end(*asking)  # once one has failed: nobody asks when the crowd has gone

    async def log_in(self) -> None:
        """Log in again when TOKEN_SECONDS have passed: a token lives for five minutes."""
        if time.monotonic() < self._logged_in_at + TOKEN_SECONDS:
            return
        self._logged_in_at = time.monotonic()
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(owner: Person) -> None:
            async with limit:
                await owner.log_in()

        await asyncio.gather(*(one(member.owner) for member in self.members))

    async def published(self) -> None:
        """Wait until the outbox is empty."""
        connection = await asyncpg.connect(database(self.system, "todos"))

        async def empty() -> bool:
            return not await connection.fetchval("select exists (select from outbox)")

        try:
            await wait_until(empty, DEADLINE)
        finally:
            await connection.close()

    async def verified(self) -> list[str]:
        """What `todobus stats verify` would print."""
        connection = await asyncpg.connect(database(self.system, "stats"))
        try:
            async with bus(self.system, "stats") as client:
                report = await Replay(client, connection).verify()
        finally:
            await connection.close()
        return [str(finding) for finding in [*report.differences, *report.unreadable]]


@asynccontextmanager
async def gathered(system: System, people: int = PEOPLE, *, resumes: bool = True) -> AsyncIterator[Crowd]:
    """A crowd with open event streams."""
    limit = asyncio.Semaphore(AT_ONCE)
    async with AsyncExitStack() as stack:

        async def join() -> Member:
            async with limit:
                return Member(await stack.enter_async_context(person(system.url)), resumes=resumes)

        members = await asyncio.gather(*(join() for _ in range(people)))
        watching = [asyncio.create_task(member.watch()) for member in members]
        try:
            yield Crowd(system, members)
        finally:
            await tasks.end(*watching)


def database(system: System, name: str) -> str:
    password = credentials(system)["databases"][name]
    return f"postgresql://{name}:{password}@127.0.0.1:{system.processes()['postgres']['port']}/{name}"


@asynccontextmanager
async def bus(system: System, user: str = "operator") -> AsyncIterator[Any]:
    login = {"user": user, "password": credentials(system)["bus"][user], "inbox_prefix": f"_INBOX_{user}"}
    client = await nats.connect(f"nats://127.0.0.1:{system.processes()['nats']['port']}", **login)
    try:
        yield client
    finally:
        await client.close()


def credentials(system: System) -> dict[str, Any]:
    return json.loads((system.data_dir / "credentials.json").read_text())


@asynccontextmanager
async def broken_system(folder: Path, *orders: str, options: tuple[str, ...] = ()) -> AsyncIterator[System]:
    """A system with built-in faults: `orders` are those of broken/sitecustomize.py."""
    folder = folder / f"system-{uuid.uuid4().hex}"
    folder.mkdir(mode=0o711, parents=True)
    for order in orders:
        (folder / order).touch()
    environment = {"PYTHONPATH": str(Path(__file__).with_name("broken")), "CHAOS_ORDERS": str(folder)}
    system = System(folder / "data", "--no-web", "--no-rate-limits", *options, environment=environment)
    await system.start()
    try:
        yield system
    finally:
        await asyncio.to_thread(system.stop)


async def copy_folder(source: Path, target: Path) -> None:
    """With its owner."""
    copying = await asyncio.create_subprocess_exec("cp", "-a", str(source), str(target))
    assert await copying.wait() == 0
