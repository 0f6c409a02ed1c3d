"""Innocent users, what they measure, and an attacker beside them.

    async with siege(system) as it:
        attacker = await it.account()
        await it.endure(lambda: it.ask(attacker, "GET", "/api/todos?q=…"), per_second=10)
        assert it.told("429 too_many_searches")

Every user and attacker has an address of its own, so that limits of an address concern one of them only.
"""

import asyncio
import itertools
import json
import math
import os
import re
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from service_testing.clients import LIMITS, http_client
from service_testing.system import PASSWORD, Person, System, person

from ..chaos.crowd import Member

SECONDS = float(os.environ.get("ABUSE_SECONDS", "2"))
LONG = SECONDS >= 10
# A p99 below this is no harm: hashing has the lowest priority. The short form, beside the suite, compares no times.
NOISE_SECONDS = {"requests": 0.25, "log-ins": 1.0} if LONG else {"requests": math.inf, "log-ins": math.inf}
RATIO = 2.0
INNOCENTS = 4
MEASURE = Path(__file__).with_name("innocents.py")
BULK = 95  # todos in a request of the attacker
ADDRESSES = itertools.count(int(time.time()) % 60_000 + 1)

Attack = Callable[[], Awaitable[Any]]


def address() -> str:
    """A loopback address that no other user of this run has."""
    number = next(ADDRESSES)
    return f"127.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255 or 1}"


def client(url: str, source: str | None = None, **options: Any) -> httpx.AsyncClient:
    """Its requests come from the address `source`, or from one of its own."""
    transport = httpx.AsyncHTTPTransport(local_address=source or address(), limits=LIMITS)
    return http_client(base_url=url, timeout=35, transport=transport, **options)


def head(method: str, path: str, *lines: str) -> bytes:
    """A request, except for its body."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "host: localhost", *lines, "", ""]).encode()


class Latencies:
    """What the innocent users have found: see `innocents.Found`."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.seconds: dict[str, list[float]] = found["seconds"]
        self.errors: list[str] = found["errors"]
        self._slowest: tuple[float, str] = found["slowest"]

    def p99(self, kind: str) -> float:
        ordered = sorted(self.seconds.get(kind) or [math.inf])
        return ordered[math.ceil(len(ordered) * 0.99) - 1]

    def __str__(self) -> str:
        shown = [f"{kind} p99 {self.p99(kind) * 1e3:.0f} ms of {len(found)}" for kind, found in self.seconds.items()]
        slowest = f"slowest {self._slowest[0] * 1e3:.0f} ms {self._slowest[1]}"
        return ", ".join([*shown, slowest, f"{len(self.errors)} errors"])


class Innocent:
    """An innocent user, whose stream of events is open, and what the measuring process must know."""

    def __init__(self, owner: Person, source: str, headers: dict[str, str]) -> None:
        self.member = Member(owner)
        self.user = {
            "url": str(owner.http.base_url),
            "email": owner.email,
            "password": PASSWORD,
            "headers": headers,
            "token": owner.http.headers["Authorization"],
            "source": source,
        }


class Siege:
    """A system with innocent users; accounts and requests of the attacker, and the answers to these."""

    def __init__(self, system: System, innocents: list[Innocent], stack: AsyncExitStack) -> None:
        self.system, self.innocents = system, innocents
        self.answers: Counter[str] = Counter()
        self._stack = stack

    async def account(self) -> Person:
        """Of an attacker."""
        return await self._stack.enter_async_context(new_person(self.system.url))

    async def anonymous(self, **options: Any) -> httpx.AsyncClient:
        return await self._stack.enter_async_context(client(self.system.url, **options))

    async def fill(self, attacker: Person, count: int, **fields: Any) -> None:
        """Give the attacker so many todos, in requests of less than 1 MiB."""
        for first in range(0, count, BULK):
            todos = [fields | {"title": f"todo {number}"} for number in range(first, min(first + BULK, count))]
            body = {"operations": [{"op": "create", "todo": todo} for todo in todos]}
            (await attacker.http.post("/api/todos/bulk", json=body)).raise_for_status()

    async def ask(self, attacker: httpx.AsyncClient, method: str, path: str, **options: Any) -> httpx.Response | None:
        """Send an attacker's request and note the answer, such as `429 rate_limited`; None without an answer."""
        try:
            answer = await attacker.request(method, path, **options)
        except httpx.HTTPError as error:
            self.answers[type(error).__name__] += 1
            return None
        problem = answer.headers.get("content-type", "").startswith("application/problem+json")
        self.note(answer.status_code, answer.json()["code"] if problem else "")
        return answer

    async def fetch(self, attacker: Person, path: str) -> None:
        """As `ask`, for large answers: an HTTP client would take time from the innocent users in this process."""
        loop, connection = asyncio.get_running_loop(), await self.connect()
        token = attacker.http.headers["Authorization"]
        await loop.sock_sendall(connection, head("GET", path, f"authorization: {token}", "connection: close"))
        self._note_answer(await loop.sock_recv(connection, 65536))
        while await loop.sock_recv(connection, 1024 * 1024):
            pass
        connection.close()

    async def connect(self, source: str | None = None, receive_buffer: int | None = None) -> socket.socket:
        """Connected to the gateway, from the address `source` or one of its own; closed at the end."""
        made = self._stack.enter_context(socket.socket())
        made.bind((source or address(), 0))
        made.setblocking(False)  # noqa: FBT003
        if receive_buffer:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", self.system.port))
        return made

    def read(self, connection: socket.socket) -> None:
        """Note the answer that a socket has received, or that it was closed."""
        try:
            self._note_answer(connection.recv(65536))
        except BlockingIOError:
            self.answers["no answer"] += 1
        except ConnectionError:
            self.answers["closed"] += 1

    def note(self, status: int, code: str = "") -> None:
        self.answers[f"{status} {code}".strip()] += 1

    def told(self, *wanted: str) -> bool:
        """Whether the attacker got one of these answers."""
        return any(self.answers[answer] for answer in wanted)

    def _note_answer(self, answer: bytes) -> None:
        status, code = re.match(rb"HTTP/1.1 (\d+)", answer), re.search(rb'"code":"(\w+)"', answer)
        if status:
            self.note(int(status[1]), code[1].decode() if code else "")
        else:
            self.answers["closed"] += 1

    async def endure(self, attack: Attack, per_second: float = 10, at_once: int = 50) -> None:
        """No innocent user gets an error or waits for twice as long as usual, and no part of the system differs."""
        usual, attacked, report = await self._compare(attack, per_second, at_once)
        assert not harm(usual, attacked), report
        await asyncio.gather(*(innocent.member.agree(10) for innocent in self.innocents))
        assert not [answer for answer in self.answers if answer[:1] == "5"], report

    async def suffer(self, attack: Attack, per_second: float = 10, at_once: int = 50) -> None:
        """The control: without a safeguard, innocent users are harmed."""
        usual, attacked, report = await self._compare(attack, per_second, at_once)
        assert harm(usual, attacked), report

    async def _measure(self, seconds: float, attack: Callable[[], None] = lambda: None) -> Latencies:
        """By a process of its own; `attack` is called as it begins."""
        pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE, "limit": 16 * 1024 * 1024}
        process = await asyncio.create_subprocess_exec(sys.executable, MEASURE, **pipes)
        assert process.stdin
        assert process.stdout
        try:
            order = {"users": [one.user for one in self.innocents], "seconds": seconds}
            process.stdin.write(json.dumps(order).encode() + b"\n")
            assert await process.stdout.readline() == b"ready\n"
            attack()
            found = json.loads((await process.communicate(b"\n"))[0])
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        for innocent, created in zip(self.innocents, found["created"], strict=True):
            innocent.member.acknowledged.update(created)
        return Latencies(found)

    async def _compare(self, attack: Attack, per_second: float, at_once: int) -> tuple[Latencies, Latencies, str]:
        """Measured without and with the attack, which begins so often, unless so many are under way; both as text."""
        await self._measure(1)  # connections and caches
        usual = await self._measure(SECONDS)
        assert not usual.errors, usual.errors[:5]
        attacking: list[asyncio.Task[None]] = []
        repeat = _repeat(attack, per_second, at_once)
        attacked = await self._measure(SECONDS, lambda: attacking.append(asyncio.create_task(repeat)))
        attacking[0].cancel()
        with suppress(asyncio.CancelledError):
            await attacking[0]
        report = f"\nwithout: {usual}\nattacked: {attacked}\nattacker: {dict(self.answers)}\n{attacked.errors[:5]}"
        print(report)  # noqa: T201 - figures, seen with -s
        return usual, attacked, report


def harm(usual: Latencies, attacked: Latencies) -> bool:
    """Whether innocent users got errors or waited too long."""
    limits = {kind: max(RATIO * usual.p99(kind), NOISE_SECONDS[kind]) for kind in usual.seconds}
    return bool(attacked.errors) or any(attacked.p99(kind) >= limits[kind] for kind in limits)


async def _repeat(attack: Attack, per_second: float, at_once: int) -> None:
    begin = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        running: set[asyncio.Task[Any]] = set()
        for number in itertools.count():
            await asyncio.sleep(max(0.0, begin + number / per_second - time.monotonic()))
            if len(running) < at_once:
                task = tasks.create_task(_attempt(attack))
                running.add(task)
                task.add_done_callback(running.discard)


async def _attempt(attack: Attack) -> None:
    await attack()


@asynccontextmanager
async def new_person(url: str, source: str | None = None, **options: Any) -> AsyncIterator[Person]:
    """An account whose requests come from the address `source`, or from one of its own."""
    transport = httpx.AsyncHTTPTransport(local_address=source or address(), limits=LIMITS)
    async with person(url, transport=transport, **options) as made:
        yield made


@asynccontextmanager
async def siege(system: System, proxied: Sequence[dict[str, str]] = ()) -> AsyncIterator[Siege]:
    """`proxied`: all requests come from one proxy's address, which adds these headers to those of an innocent user."""
    async with AsyncExitStack() as stack:
        made = []
        for headers in proxied or [{}] * INNOCENTS:
            source = "127.0.0.1" if proxied else address()
            owner = await stack.enter_async_context(new_person(system.url, source, headers=headers))
            made.append(Innocent(owner, source, headers))
        watching = [asyncio.create_task(one.member.watch()) for one in made]
        try:
            yield Siege(system, made, stack)
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
